using System.Globalization;
using Waiide.Tests.Security.Smuggling;
using Waiide.Tests.Support;
using static Waiide.Tests.Security.Smuggling.HttpReading;

namespace Waiide.Tests.Security;

/// <summary>
/// S12: two servers that read one connection differently. Straight to the gateway and through nginx: what is ambiguous gets 400, everything else is one request
/// at an upstream that keeps the bytes; and the next answer on a connection belongs to the next request.
/// </summary>
public class S12_RequestSmugglingTests(S12_RequestSmugglingTests.Chain chain) : IClassFixture<S12_RequestSmugglingTests.Chain>
{
    /// <summary>gateway -> an upstream that records bytes.</summary>
    public sealed class Chain : IAsyncLifetime
    {
        internal RecordingUpstream Upstream { get; } = RecordingUpstream.Start();

        internal RunningGateway Gateway { get; private set; } = null!;

        public async Task InitializeAsync() => Gateway = await RunningGateway.StandaloneAsync(("WAIIDE_IDE_URL", Upstream.Url.ToString()), ("JUPYTERHUB_USER", "ada"));

        public async Task DisposeAsync()
        {
            await Gateway.DisposeAsync();
            await Upstream.DisposeAsync();
        }
    }

    private const string Next = "GET /next HTTP/1.1\r\nHost: {host}\r\nAuthorization: token {token}\r\n\r\n";

    public static TheoryData<string> Refused => [.. SmugglingAttempts.Refused.Select(attempt => attempt.Name)];

    public static TheoryData<string> Understood => [.. SmugglingAttempts.Understood.Select(attempt => attempt.Name)];

    public static TheoryData<string> Either => [.. SmugglingAttempts.Either.Select(attempt => attempt.Name)];

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task What_is_ambiguous_is_refused_the_connection_ends_and_the_upstream_hears_nothing(string name)
    {
        var attempt = SmugglingAttempts.Refused.Single(attempt => attempt.Name == name);
        using var talk = await Conversation.WithAsync(chain.Gateway.Port);
        var heard = await HeardAsync(async () =>
        {
            await talk.SayAsync(Filled(attempt.Bytes));
            var answer = await talk.ListenAsync();
            Assert.NotNull(answer);
            Assert.True(answer.Status is 400 or 405 or 411 or 414 or 431 or 501 or 505, answer.Head);
            Assert.Null(await talk.ListenAsync());
        });
        Assert.Empty(heard);
    }

    [Theory]
    [MemberData(nameof(Understood))]
    public async Task What_is_clear_is_one_request_and_the_next_is_the_next(string name)
    {
        var attempt = SmugglingAttempts.Understood.Single(attempt => attempt.Name == name);
        using var talk = await Conversation.WithAsync(chain.Gateway.Port);
        var heard = await HeardAsync(async () =>
        {
            await talk.SayAsync(Filled(attempt.Bytes));
            Assert.Equal(200, (await talk.ListenAsync())!.Status);
            await NextIsNextAsync(talk, mayHaveEnded: false);
        });
        Assert.Equal([attempt.Body, ""], heard.Select(request => request.Body));
        Assert.Equal(["/case", "/next"], heard.Select(request => request.Target));
        Assert.DoesNotContain("root", heard[0].Head, StringComparison.Ordinal);
        Assert.DoesNotContain("evil", heard[0].Head, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Either))]
    public async Task What_servers_disagree_about_is_one_request_or_none(string name)
    {
        var attempt = SmugglingAttempts.Either.Single(attempt => attempt.Name == name);
        await OneOrNoneAsync(chain.Gateway.Port, attempt.Bytes, attempt.Body);
    }

    [Fact]
    public async Task A_request_behind_an_upgrade_that_fails_is_asked_for_its_own_credentials()
    {
        using var talk = await Conversation.WithAsync(chain.Gateway.Port);
        var heard = await HeardAsync(async () =>
        {
            await talk.SayAsync(Filled(SmugglingAttempts.BehindAnUpgrade));
            Assert.Equal(200, (await talk.ListenAsync())!.Status);
            var hidden = await talk.ListenAsync();
            Assert.True(hidden is null or { Status: 401 or 302 }, hidden?.Head);
        });
        Assert.Equal(["/case"], heard.Select(request => request.Target));
    }

    [Fact]
    public async Task HTTP_2_spoken_outright_ends_the_connection()
    {
        using var talk = await Conversation.WithAsync(chain.Gateway.Port);
        Assert.Empty(await HeardAsync(async () =>
        {
            await talk.SayAsync(SmugglingAttempts.Http2);
            Assert.True(await talk.ListenAsync() is null or { Status: 400 });
        }));
    }

    [Fact]
    public async Task Two_requests_in_one_packet_are_two_in_their_order()
    {
        using var talk = await Conversation.WithAsync(chain.Gateway.Port);
        var heard = await HeardAsync(async () =>
        {
            await talk.SayAsync(Filled(SmugglingAttempts.Pipelined));
            Assert.Equal("POST /case [abcde]", (await talk.ListenAsync())!.Body);
            Assert.Equal("GET /second []", (await talk.ListenAsync())!.Body);
        });
        Assert.Equal(["/case", "/second"], heard.Select(request => request.Target));
    }

    [SkippableFact]
    public async Task Through_nginx_no_attempt_becomes_two_requests_or_takes_the_answer_of_somebody_else()
    {
        Prerequisites.Need("nginx");
        await using var nginx = await NginxFront.StartAsync(chain.Gateway.Port);
        foreach (var (name, bytes, body) in SmugglingAttempts.Refused.Select(attempt => (attempt.Name, attempt.Bytes, (string?)null))
            .Concat(SmugglingAttempts.Understood.Concat(SmugglingAttempts.Either).Select(attempt => (attempt.Name, attempt.Bytes, (string?)attempt.Body))))
        {
            try
            {
                await OneOrNoneAsync(nginx.Port, bytes, body);

                // Somebody else, whose request goes to the gateway over the same kept connection.
                using var other = await Conversation.WithAsync(nginx.Port);
                Assert.True(await NextIsNextAsync(other, mayHaveEnded: false));
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                throw new InvalidOperationException($"Through nginx, {name}: {failure.Message}", failure);
            }
        }
    }

    // The body is unknown where nginx may make one clear request of what the gateway would refuse.
    private async Task OneOrNoneAsync(int port, string bytes, string? body)
    {
        using var talk = await Conversation.WithAsync(port);
        var heard = await HeardAsync(async () =>
        {
            await talk.SayAsync(Filled(bytes));
            var answer = await talk.ListenAsync();
            Assert.NotNull(answer);
            if (answer.Status == 200)
            {
                Assert.StartsWith(" /case", answer.Body[answer.Body.IndexOf(' ', StringComparison.Ordinal)..], StringComparison.Ordinal);
            }
            else
            {
                Assert.InRange(answer.Status, 400, 599);
            }

            await NextIsNextAsync(talk, mayHaveEnded: true, mayBeAfterAStranger: bytes.Contains("/smuggled", StringComparison.Ordinal));
        });
        var cases = heard.Where(request => request.Target != "/next").ToArray();
        Assert.InRange(cases.Length, 0, 1);
        Assert.All(cases, request => Assert.StartsWith("/case", request.Target.Replace("http://evil.example.org", "", StringComparison.Ordinal), StringComparison.Ordinal));
        Assert.All(cases, request => Assert.Equal(body ?? request.Body, request.Body));
    }

    // A hidden request that was read as one of its own comes first, and is answered as a stranger's: it has no credentials.
    private async Task<bool> NextIsNextAsync(Conversation talk, bool mayHaveEnded, bool mayBeAfterAStranger = false)
    {
        await talk.SayAsync(Filled(Next));
        var answer = await talk.ListenAsync();
        if (mayBeAfterAStranger && answer is { Status: 302 or 400 or 401 })
        {
            answer = await talk.ListenAsync();
        }

        Assert.True(mayHaveEnded || answer is not null, "The connection ended.");
        Assert.True(answer is null or { Body: "GET /next []" }, $"The next request was answered with {answer?.Head}\n{answer?.Body}");
        return answer is not null;
    }

    // What the upstream has read meanwhile, the same in every dialect: none of them finds another request in the bytes.
    private async Task<List<Request>> HeardAsync(Func<Task> attempt)
    {
        var before = chain.Upstream.Heard.Count;
        await attempt();
        Assert.All(Enum.GetValues<Dialect>(), dialect => Assert.Equal(chain.Upstream.Requests(Dialect.Strict), chain.Upstream.Requests(dialect)));
        return [.. chain.Upstream.Heard.Skip(before)];
    }

    private string Filled(string bytes) => bytes
        .Replace("{host}", "127.0.0.1:" + chain.Gateway.Port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
        .Replace("{token}", RunningGateway.Token, StringComparison.Ordinal);
}
