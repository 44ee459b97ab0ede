using System.Net;
using System.Net.Sockets;
using Waiide.Gateway;
using Waiide.Gateway.Auth;
using Waiide.Tests.Support;

namespace Waiide.Tests.Gateway.Auth;

/// <summary>Whoever tries tokens is slowed down; whoever has the right one gets in.</summary>
public class GuessesTests
{
    private const string Right = "the-right-token";

    [Fact]
    public void Ten_wrong_guesses_are_free_and_then_there_is_one_every_six_seconds()
    {
        var clock = new Clock();
        var guesses = new Guesses(new GatewayOptions { Token = Right }, clock);
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(new Guesses.Guess(false), guesses.Try("10.0.0.1", "wrong"));
        }

        // The right one is not looked at either: an answer would tell the guesser.
        Assert.Equal(TimeSpan.FromSeconds(6), guesses.Try("10.0.0.1", Right).Wait);
        Assert.True(guesses.Try("10.0.0.2", Right).IsRight);
        clock.Now += TimeSpan.FromSeconds(6);
        Assert.True(guesses.Try("10.0.0.1", Right).IsRight);
        Assert.Null(guesses.Try("10.0.0.1", "wrong").Wait);
        Assert.NotNull(guesses.Try("10.0.0.1", "wrong").Wait);
        clock.Now += TimeSpan.FromMinutes(1);
        Assert.Equal(10, Enumerable.Range(0, 20).Count(_ => guesses.Try("10.0.0.1", "wrong").Wait is null));
    }

    [Fact]
    public void Right_tokens_cost_nothing_and_what_is_refused_adds_nothing_to_the_wait()
    {
        var guesses = new Guesses(new GatewayOptions { Token = Right }, new Clock());
        Assert.All(Enumerable.Range(0, 1000), _ => Assert.True(guesses.Try("10.0.0.1", Right).IsRight));
        var waits = Enumerable.Range(0, 1000).Select(_ => guesses.Try("10.0.0.1", "wrong").Wait).OfType<TimeSpan>().ToArray();
        Assert.Equal(990, waits.Length);
        Assert.All(waits, wait => Assert.Equal(TimeSpan.FromSeconds(6), wait));
    }

    [Fact]
    public void A_guesser_with_a_hundred_thousand_addresses_does_not_fill_the_memory_and_is_not_forgotten_first()
    {
        var guesses = new Guesses(new GatewayOptions { Token = Right }, new Clock());
        for (var i = 0; i < 10; i++)
        {
            guesses.Try("10.0.0.1", "wrong");
        }

        var addresses = GuessFrom(100_000, guesses);
        GC.Collect();

        // What this guesser has left in memory, and nothing that other tests of this process have there.
        Assert.InRange(addresses.Count(address => address.IsAlive), 1, 20_000);
        Assert.NotNull(guesses.Try("10.0.0.1", "wrong").Wait);
    }

    private static WeakReference[] GuessFrom(int addresses, Guesses guesses) => [.. Enumerable.Range(0, addresses).Select(number =>
    {
        var address = "address " + number;
        guesses.Try(address, "wrong");
        return new WeakReference(address);
    })];

    [Theory]
    [InlineData("192.0.2.1", "", "", "192.0.2.1")]
    [InlineData("192.0.2.1", "203.0.113.9", "", "192.0.2.1")]
    [InlineData("192.0.2.1", "203.0.113.9", "192.0.2.0/24", "203.0.113.9")]
    [InlineData("192.0.2.1", "6.6.6.6, 203.0.113.9", "192.0.2.0/24", "203.0.113.9")]
    [InlineData("192.0.2.1", "203.0.113.9, 192.0.2.7", "192.0.2.0/24", "203.0.113.9")]
    [InlineData("192.0.2.1", "nonsense", "192.0.2.0/24", "192.0.2.1")]
    [InlineData("192.0.2.1", "203.0.113.9:4711", "192.0.2.0/24", "203.0.113.9")]
    [InlineData("192.0.2.1", "6.6.6.6, 203.0.113.9:4711, 192.0.2.7:80", "192.0.2.0/24", "203.0.113.9")]
    [InlineData("192.0.2.1", "[2001:db8:1:2::7]:4711", "192.0.2.0/24", "20010db800010002")]
    [InlineData("192.0.2.1", "[2001:db8:1:2::7]", "192.0.2.0/24", "20010db800010002")]
    [InlineData("192.0.2.1", "2001:db8:1:2::7", "192.0.2.0/24", "20010db800010002")]
    [InlineData("::ffff:192.0.2.1", "", "", "192.0.2.1")]
    [InlineData("2001:db8:1:2:3:4:5:6", "", "", "20010db800010002")]
    [InlineData("2001:db8:1:2::ffff", "", "", "20010db800010002")]
    public void A_guesser_is_known_by_an_address_that_nobody_can_make_up(string peer, string forwardedFor, string trusted, string expected) =>
        Assert.Equal(expected, ClientAddress.Of(IPAddress.Parse(peer), forwardedFor, trusted.Length == 0 ? [] : [System.Net.IPNetwork.Parse(trusted)]));

    [Fact]
    public async Task By_form_link_and_header_guessing_ends_in_429_with_a_time_and_keeps_out_nobody_who_is_signed_in_or_elsewhere()
    {
        await using var gateway = await RunningGateway.StandaloneAsync();
        using var owner = gateway.Browser();
        using var login = await owner.OpenAsync("/login?token=" + RunningGateway.Token);
        using var guesser = gateway.Browser();
        (string, string)[] wrong = [("Authorization", "token wrong"), ("Accept", "application/json")];
        for (var i = 0; i < 5; i++)
        {
            using var header = await guesser.SendAsync(HttpMethod.Get, "/x", null, wrong);
            Assert.Equal(HttpStatusCode.Unauthorized, header.StatusCode);
            using var link = await guesser.OpenAsync("/login?token=wrong");
            Assert.Equal(HttpStatusCode.Unauthorized, link.StatusCode);
        }

        foreach (var answer in new[]
        {
            await guesser.SendAsync(HttpMethod.Get, "/x", null, wrong),
            await guesser.OpenAsync("/login?token=wrong"),
            await guesser.OpenAsync("/login?token=" + RunningGateway.Token),
            await guesser.SendAsync(HttpMethod.Post, "/login", new FormUrlEncodedContent([new("token", "wrong")]), ("Origin", $"http://{gateway.Authority}"), ("Accept", "text/html")),
        })
        {
            Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
            Assert.InRange(answer.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(6));
            Assert.Contains("Too many wrong tokens came from your address. Try again in ", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            answer.Dispose();
        }

        // With a header of its own for the app of a dev server, too.
        for (var i = 0; i < 20; i++)
        {
            using var signedIn = await owner.SendAsync(HttpMethod.Get, "/x", null, wrong);
            Assert.Equal(HttpStatusCode.OK, signedIn.StatusCode);
        }

        using var other = From("127.0.0.2");
        using var elsewhere = await other.GetAsync(new Uri(gateway.Url, "/login?token=" + RunningGateway.Token));
        Assert.Equal(HttpStatusCode.Redirect, elsewhere.StatusCode);
        await Eventually.Is(
            async () =>
            {
                using var later = await guesser.OpenAsync("/login?token=" + RunningGateway.Token);
                return later.StatusCode == HttpStatusCode.Redirect;
            },
            "after the time that was said the right token opens");
    }

    [Theory]
    [InlineData("no-cors", "image")]
    [InlineData("no-cors", "empty")]
    [InlineData("navigate", "iframe")]
    public async Task What_a_page_makes_a_browser_load_guesses_nothing_and_signs_nobody_in(string mode, string destination)
    {
        await using var gateway = await RunningGateway.StandaloneAsync();
        using var browser = gateway.Browser();
        (string, string)[] page = [("Accept", "text/html,*/*;q=0.8"), ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", mode), ("Sec-Fetch-Dest", destination)];
        for (var i = 0; i < 12; i++)
        {
            using var wrong = await browser.SendAsync(HttpMethod.Get, "/login?token=wrong", null, page);
            Assert.Equal(HttpStatusCode.OK, wrong.StatusCode);
        }

        using var right = await browser.SendAsync(HttpMethod.Get, "/login?token=" + RunningGateway.Token, null, page);
        Assert.Equal((HttpStatusCode.OK, 0), (right.StatusCode, browser.Cookies.Count));
        using var owner = await browser.OpenAsync("/login?token=" + RunningGateway.Token);
        Assert.Equal(HttpStatusCode.Redirect, owner.StatusCode);
    }

    [Fact]
    public async Task A_link_of_another_site_signs_in_and_a_site_that_opens_wrong_ones_keeps_nobody_from_typing_the_token()
    {
        await using var gateway = await RunningGateway.StandaloneAsync();
        using var browser = gateway.Browser();
        using var mail = await Linked(RunningGateway.Token);
        Assert.Equal(HttpStatusCode.Redirect, mail.StatusCode);
        browser.Cookies.Clear();
        for (var i = 0; i < 10; i++)
        {
            using var wrong = await Linked("wrong");
            Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        }

        using var slow = await Linked(RunningGateway.Token);
        Assert.Equal(HttpStatusCode.TooManyRequests, slow.StatusCode);
        using var typed = await TypeAsync(browser, gateway, RunningGateway.Token);
        Assert.Equal(HttpStatusCode.Redirect, typed.StatusCode);

        Task<HttpResponseMessage> Linked(string token) => browser.SendAsync(
            HttpMethod.Get, "/login?token=" + token, null, ("Accept", "text/html"), ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document"));
    }

    [Fact]
    public async Task A_browser_that_has_been_here_before_is_not_kept_out_by_a_guesser_at_its_address_and_may_not_guess_on()
    {
        await using var gateway = await RunningGateway.StandaloneAsync();
        using var owner = gateway.Browser();
        using var login = await owner.OpenAsync("/login?token=" + RunningGateway.Token);
        Assert.EndsWith("; Path=/login; HttpOnly; SameSite=Strict", login.Headers.GetValues("Set-Cookie").Single(line => line.Contains("-device=", StringComparison.Ordinal)), StringComparison.Ordinal);
        using var logout = await owner.OpenAsync("/logout");
        using var guesser = gateway.Browser();
        while ((await TypeAsync(guesser, gateway, "wrong")).StatusCode != HttpStatusCode.TooManyRequests)
        {
        }

        using var stranger = await TypeAsync(guesser, gateway, RunningGateway.Token);
        using var known = await TypeAsync(owner, gateway, RunningGateway.Token);
        Assert.Equal((HttpStatusCode.TooManyRequests, HttpStatusCode.Redirect), (stranger.StatusCode, known.StatusCode));
        for (var i = 0; i < 10; i++)
        {
            using var wrong = await TypeAsync(owner, gateway, "wrong");
            Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        }

        using var thief = await TypeAsync(owner, gateway, "wrong");
        Assert.Equal(HttpStatusCode.TooManyRequests, thief.StatusCode);
    }

    private static Task<HttpResponseMessage> TypeAsync(Browser browser, RunningGateway gateway, string token) =>
        browser.SendAsync(HttpMethod.Post, "/login", new FormUrlEncodedContent([new("token", token)]), ("Origin", $"http://{gateway.Authority}"), ("Accept", "text/html"));

    private static HttpClient From(string address) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        ConnectCallback = async (context, cancellationToken) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        },
    });

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
