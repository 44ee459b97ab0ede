using System.Text;

namespace Waiide.Tests.Security;

/// <summary>S9: a change that another site makes a signed-in browser ask for is refused, whatever the browser says about it; hints may only forbid.</summary>
[Collection(nameof(Gateways))]
public class S09_ForgedRequestTests(Gateways gateways)
{
    private static readonly string?[] Sites = [null, "same-origin", "same-site", "cross-site", "none", "nonsense", "SAME-ORIGIN", ""];

    private static readonly string?[] Modes = [null, "cors", "no-cors", "same-origin", "navigate", "websocket", "nonsense"];

    private static readonly string[] Types = ["application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain", ""];

    [Fact]
    public async Task Every_endpoint_that_changes_something_refuses_a_cookie_without_our_origin_whatever_the_hints_say()
    {
        using var browser = await gateways.SignedInAsync();
        using var caller = new Caller(gateways.Ada);
        var cookie = ("Cookie", browser.CookiesFor("/user/ada/"));
        var (tried, changing) = (0, gateways.EndpointsIn(Gateways.UnderHub).Where(row => !row.IsForAnyone).SelectMany(Changes).ToArray());
        await Unheard.By(gateways.Ada.Ide, async () =>
        {
            foreach (var origin in new[] { null, "null", "https://evil.example.org" })
            {
                foreach (var (method, target) in changing)
                {
                    foreach (var site in Sites)
                    {
                        foreach (var mode in Modes)
                        {
                            using var content = Content(Types[tried++ % Types.Length]);
                            using var answer = await caller.SendAsync(method, "/user/ada" + target, content, [cookie, .. Headers(origin, site, mode)]);
                            Assert.True((int)answer.StatusCode == 403, $"{method} {target} from {origin ?? "nowhere"}, {site}, {mode}: {(int)answer.StatusCode}");
                        }
                    }
                }
            }
        });
    }

    [Fact]
    public async Task With_our_origin_the_hints_may_still_forbid_and_never_allow()
    {
        using var browser = await gateways.SignedInAsync();
        using var caller = new Caller(gateways.Ada);
        foreach (var site in Sites)
        {
            foreach (var mode in Modes)
            {
                using var content = Content("application/json");
                using var answer = await caller.SendAsync("POST", "/user/ada/x", content, [("Cookie", browser.CookiesFor("/user/ada/")), .. Headers($"http://{gateways.Ada.Authority}", site, mode)]);
                Assert.Equal(site is null or "same-origin" or "none" ? 200 : 403, (int)answer.StatusCode);
            }
        }
    }

    [Theory]
    [InlineData("cross-site", "no-cors", 403)]
    [InlineData("same-site", "cors", 403)]
    [InlineData("cross-site", "navigate", 200)]
    [InlineData("same-origin", "cors", 200)]
    [InlineData(null, null, 200)]
    public async Task What_only_reads_is_kept_from_other_sites_scripts_and_open_to_their_links(string? site, string? mode, int status)
    {
        using var browser = await gateways.SignedInAsync();
        using var caller = new Caller(gateways.Ada);
        using var answer = await caller.AskAsync("GET", "/user/ada/x", [("Cookie", browser.CookiesFor("/user/ada/")), .. Headers(null, site, mode)]);
        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Fact]
    public async Task A_method_does_not_become_a_harmless_one_by_a_header_or_a_field()
    {
        using var browser = await gateways.SignedInAsync();
        using var caller = new Caller(gateways.Ada);
        await Unheard.By(gateways.Ada.Ide, async () =>
        {
            foreach (var header in new[] { "X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override" })
            {
                using var answer = await caller.AskAsync("POST", "/user/ada/x?_method=GET", ("Cookie", browser.CookiesFor("/user/ada/")), (header, "GET"));
                Assert.Equal(403, (int)answer.StatusCode);
            }
        });
    }

    private static IEnumerable<(string Method, string Target)> Changes(EndpointRow row) =>
        from method in row.Methods == "ANY" ? ["POST", "PUT", "DELETE", "PATCH", "PROPFIND"] : row.Methods.Split(',').Except(["GET", "HEAD", "OPTIONS"])
        from target in row.Targets
        select (method, target);

    private static (string, string)[] Headers(string? origin, string? site, string? mode) =>
        [.. new[] { ("Origin", origin), ("Sec-Fetch-Site", site), ("Sec-Fetch-Mode", mode) }.Where(header => header.Item2 is not null).Select(header => (header.Item1, header.Item2!))];

    private static ByteArrayContent Content(string type)
    {
        var content = new ByteArrayContent(Encoding.ASCII.GetBytes("a=b"));
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        return content;
    }
}
