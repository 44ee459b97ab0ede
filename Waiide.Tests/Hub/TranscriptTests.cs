using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Waiide.Tests.Hub;

/// <summary>The hub answers as the real one did when it was asked the same.</summary>
[Collection(HubTests.Name)]
public sealed partial class TranscriptTests(HubFixture hub)
{
    private const string Verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    private const string Challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"; // RFC 7636, appendix B

    public static TheoryData<string> Names() => [.. Directory.GetFiles(Transcript.Directory).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_hub_answers_as_recorded(string name)
    {
        var recorded = Transcript.Read(name);
        using var asked = new Asked(hub);
        using var client = new Browser(recorded.Via == "front" ? hub.Front : hub.Api);
        var headers = new List<(string, string)>();
        foreach (var (header, value) in recorded.Headers.Where(header => header.Name != "Content-Type"))
        {
            headers.Add((header, await asked.FillAsync(value)));
        }

        using var content = recorded.Body is null ? null : new StringContent(await asked.FillAsync(recorded.Body));
        if (content is not null)
        {
            var type = recorded.Headers.FirstOrDefault(header => header.Name == "Content-Type").Value;
            content.Headers.ContentType = type is null ? null : MediaTypeHeaderValue.Parse(type);
        }

        using var answer = await client.SendAsync(new HttpMethod(recorded.Method), await asked.FillAsync(recorded.Target), content, [.. headers]);

        Assert.Equal(recorded.Status, (int)answer.StatusCode);
        foreach (var header in recorded.AnswerHeaders.GroupBy(header => header.Name))
        {
            var given = answer.Headers.TryGetValues(header.Key, out var values) || answer.Content.Headers.TryGetValues(header.Key, out values) ? values.ToArray() : [];
            Assert.Equal([.. header.Select(expected => Shape(header.Key, expected.Value))], given.Select(value => Shape(header.Key, value)).ToArray(), AnyIsAny);
        }

        if (recorded.Json is not null)
        {
            var text = await answer.Content.ReadAsStringAsync();
            var expected = JsonNode.Parse(recorded.Json.ToJsonString().Replace("{front}", hub.Front.Authority, StringComparison.Ordinal));
            Assert.Equal(Sorted(expected)!.ToJsonString(), Masked(Sorted(JsonNode.Parse(text)), Sorted(expected))!.ToJsonString());
        }
    }

    // Cookies are compared by name, by whether they are set or cleared, and by their attributes in any order.
    private static string Shape(string header, string value)
    {
        if (header != "Set-Cookie")
        {
            return value;
        }

        var parts = value.Split("; ");
        var cookie = parts[0].Split('=', 2);
        var attributes = parts.Skip(1).Select(part => part.StartsWith("expires", StringComparison.OrdinalIgnoreCase) ? "expires" : part.ToLowerInvariant()).Order(StringComparer.Ordinal);
        return $"{cookie[0]} {(cookie[1].Trim('"').Length == 0 ? "cleared" : "set")} {string.Join(' ', attributes)}";
    }

    private static bool AnyIsAny(string expected, string given) =>
        Regex.IsMatch(given, "^" + Regex.Escape(expected).Replace(Regex.Escape("{any}"), ".+", StringComparison.Ordinal).Replace("…", ".*", StringComparison.Ordinal) + "$");

    /// <summary>Lists of scopes have no order, nor have the words of a granted scope.</summary>
    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject map => new JsonObject(map.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => KeyValuePair.Create(
            entry.Key,
            entry.Key == "scope" ? string.Join(' ', entry.Value!.GetValue<string>().Split(' ').Order(StringComparer.Ordinal)) : Sorted(entry.Value)))),
        JsonArray list => new JsonArray([.. list.Select(item => item!.DeepClone()).OrderBy(item => item.ToJsonString(), StringComparer.Ordinal)]),
        _ => node?.DeepClone(),
    };

    /// <summary>The answer with {any} where the recording has it.</summary>
    private static JsonNode? Masked(JsonNode? given, JsonNode? expected) => (given, expected) switch
    {
        (JsonObject map, JsonObject pattern) => new JsonObject(map.Select(entry => KeyValuePair.Create(entry.Key, Masked(entry.Value, pattern[entry.Key])))),
        (not null, JsonValue value) when value.ToJsonString() == "\"{any}\"" => "{any}",
        _ => given?.DeepClone(),
    };

    /// <summary>Fills {…} with what a recording cannot know: tokens, cookies, codes, the time.</summary>
    private sealed partial class Asked(HubFixture hub) : IDisposable
    {
        private readonly Dictionary<string, Browser> _browsers = [];

        public async Task<string> FillAsync(string text)
        {
            foreach (var hole in Hole().Matches(text).Select(match => match.Value).Distinct().ToArray())
            {
                text = text.Replace(hole, await ValueAsync(hole[1..^1]), StringComparison.Ordinal);
            }

            return text;
        }

        public void Dispose()
        {
            foreach (var browser in _browsers.Values)
            {
                browser.Dispose();
            }
        }

        private async Task<string> ValueAsync(string what) => what switch
        {
            "admin" => await TokenAsync("root"),
            "alice token" or "dave token" or "hank token" => await TokenAsync(what.Split(' ')[0]),
            "alice server" => HubFixture.AliceToken,
            "alice env-one server" => HubFixture.AliceEnvOneToken,
            "dave server" => HubFixture.DaveToken,
            "dave oauth" => await ExchangeAsync(await (await BrowserAsync("dave")).CodeAsync("dave")),
            "code" => await (await BrowserAsync("dave")).CodeAsync("dave"),
            "pkce code" => await (await BrowserAsync("dave")).CodeAsync("dave", $"&code_challenge={Challenge}&code_challenge_method=S256"),
            "verifier" => Verifier,
            "used code" => await UsedCodeAsync(),
            "now" => Now(TimeSpan.Zero) + "Z",
            "now naive" => Now(TimeSpan.Zero),
            "now +02:00" => Now(TimeSpan.FromHours(2)) + "+02:00",
            "in 30 minutes" => Now(TimeSpan.FromMinutes(30)) + "Z",
            _ when what.EndsWith(" cookies", StringComparison.Ordinal) => (await BrowserAsync(what.Split(' ')[0])).CookiesFor("/hub/"),
            _ when what.EndsWith(" xsrf", StringComparison.Ordinal) => (await BrowserAsync(what.Split(' ')[0])).Cookie("_xsrf", "/hub/")!,
            _ => throw new ArgumentException($"No transcript needs {what}."),
        };

        private async Task<Browser> BrowserAsync(string user)
        {
            if (!_browsers.TryGetValue(user, out var browser))
            {
                _browsers[user] = browser = user == "anonymous" ? hub.NewBrowser() : await hub.SignedInAsync(user);
                if (user == "anonymous")
                {
                    using var page = await browser.GetAsync("/hub/login");
                }
            }

            return browser;
        }

        private async Task<string> TokenAsync(string user)
        {
            var browser = await BrowserAsync(user);
            using var answer = await browser.SendAsync(HttpMethod.Post, $"/hub/api/users/{user}/tokens", content: null, ("X-XSRFToken", browser.Cookie("_xsrf", "/hub/")!));
            return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["token"]!.GetValue<string>();
        }

        private async Task<string> UsedCodeAsync()
        {
            var code = await (await BrowserAsync("dave")).CodeAsync("dave");
            await ExchangeAsync(code);
            return code;
        }

        private async Task<string> ExchangeAsync(string code)
        {
            using var server = new Browser(hub.Api);
            using var answer = await server.PostFormAsync(
                "/hub/api/oauth2/token", ("grant_type", "authorization_code"), ("client_id", "jupyterhub-user-dave"), ("client_secret", HubFixture.DaveToken), ("code", code));
            return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["access_token"]!.GetValue<string>();
        }

        private static string Now(TimeSpan ahead) => (DateTime.UtcNow + ahead).ToString("yyyy-MM-ddTHH:mm:ss.ffffff", System.Globalization.CultureInfo.InvariantCulture);

        [GeneratedRegex(@"\{[a-z0-9 +:-]+\}")]
        private static partial Regex Hole();
    }
}
