using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.WebUtilities;

namespace Waiide.Tests.Security;

/// <summary>S13: a session cookie with a single bit changed is worth nothing.</summary>
[Collection(nameof(Gateways))]
public class S13_ForgedCookieTests(Gateways gateways)
{
    [Theory]
    [MemberData(nameof(Gateways.Modes), MemberType = typeof(Gateways))]
    public async Task Each_byte_of_a_session_matters(string mode)
    {
        var gateway = gateways.In(mode);
        var (name, session) = await SessionAsync(gateway, mode);
        var bytes = WebEncoders.Base64UrlDecode(session);
        Assert.InRange(bytes.Length, 100, 1000);
        using var caller = new Caller(gateway);
        for (var i = 0; i < bytes.Length; i++)
        {
            foreach (var bit in new[] { i % 8, 7 })
            {
                bytes[i] ^= (byte)(1 << bit);
                Assert.Equal(401, await StatusAsync(WebEncoders.Base64UrlEncode(bytes)));
                bytes[i] ^= (byte)(1 << bit);
            }
        }

        foreach (var other in new[] { session[..^1], session[1..], session + "A", session + session, WebEncoders.Base64UrlEncode(new byte[bytes.Length]), WebEncoders.Base64UrlEncode(bytes.AsSpan(0, 36)) })
        {
            Assert.Equal(401, await StatusAsync(other));
        }

        Assert.All(await Task.WhenAll(OtherSpellings(session).Select(StatusAsync)), status => Assert.Equal(401, status));
        Assert.Equal(200, await StatusAsync(session));

        async Task<int> StatusAsync(string value)
        {
            using var answer = await caller.AskAsync("GET", Gateways.PrefixOf(mode) + "/x", ("Cookie", $"{name}={value}"), ("Accept", "application/json"));
            return (int)answer.StatusCode;
        }
    }

    [Theory]
    [MemberData(nameof(Gateways.Modes), MemberType = typeof(Gateways))]
    public async Task Of_thousands_of_one_name_only_as_many_are_looked_at_as_a_browser_may_have(string mode)
    {
        var gateway = gateways.In(mode);
        var (name, session) = await SessionAsync(gateway, mode);
        using var caller = new Caller(gateway);

        Assert.Equal(200, await StatusAsync(15));
        Assert.Equal(401, await StatusAsync(16));
        Assert.Equal(401, await StatusAsync(2500));

        async Task<int> StatusAsync(int before)
        {
            var forged = string.Concat(Enumerable.Repeat($"{name}=A; ", before));
            using var answer = await caller.AskAsync("GET", Gateways.PrefixOf(mode) + "/x", ("Cookie", $"{forged}{name}={session}"), ("Accept", "application/json"));
            return (int)answer.StatusCode;
        }
    }

    private static async Task<(string Name, string Value)> SessionAsync(Support.RunningGateway gateway, string mode)
    {
        using var browser = gateway.Browser("ada");
        using var page = (await browser.FollowAsync(mode == Gateways.UnderHub ? "/user/ada/" : "/login?token=" + Support.RunningGateway.Token)).Answer;
        var (name, cookie) = Assert.Single(browser.Sessions, cookie => cookie.Value.Value.StartsWith("CfDJ8", StringComparison.Ordinal));
        return (name, cookie.Value);
    }

    /// <summary>What decoders of base64url read as the same bytes.</summary>
    internal static IEnumerable<string> OtherSpellings(string session)
    {
        foreach (var between in new[] { " ", "\t", "  " })
        {
            yield return session.Insert(session.Length / 2, between);
        }

        foreach (var after in new[] { "=", "==", "%", "%%" })
        {
            yield return session + after;
        }

        // The bits of the last letter that belong to no byte.
        const string letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        if (session.Length % 4 != 0)
        {
            yield return session[..^1] + letters[letters.IndexOf(session[^1], StringComparison.Ordinal) ^ 1];
        }
    }

    /// <summary>CVE-2026-40372: before 10.0.7 the check could be passed by. Build.RuntimeTests asks for a later one still.</summary>
    [Fact]
    public void The_library_that_checks_is_patched() =>
        Assert.True(Version.Parse(Path.GetFileName(Path.GetDirectoryName(typeof(IDataProtector).Assembly.Location))!) >= new Version(10, 0, 7));
}
