using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Waiide.Gateway;

// Which hub this server belongs to.
internal sealed partial class GatewayOptionsReader
{
    private const string ScopesVariable = "JUPYTERHUB_OAUTH_ACCESS_SCOPES";

    // With any of these the hub is meant, and all of them are needed.
    private static readonly string[] HubVariables = ["JUPYTERHUB_API_URL", "JUPYTERHUB_API_TOKEN", "JUPYTERHUB_CLIENT_ID", ScopesVariable];

    // These alone make no hub mode; who sets them probably expects it.
    private static readonly string[] HubSideVariables = ["JUPYTERHUB_USER", "JUPYTERHUB_SERVER_NAME", "JUPYTERHUB_SERVICE_URL", "JUPYTERHUB_BASE_URL"];

    private string Prefix()
    {
        if (Text("JUPYTERHUB_SERVICE_PREFIX") is not { } text)
        {
            foreach (var name in HubSideVariables.Where(name => Text(name) is not null))
            {
                _warnings.Add($"{name} is set without JUPYTERHUB_SERVICE_PREFIX: the gateway runs on its own, at the root.");
            }

            return "/";
        }

        var prefix = "/" + text.Trim('/') + (text.Trim('/').Length > 0 ? "/" : "");
        if (!RawPath().IsMatch(prefix) || prefix.Contains("%2F", StringComparison.OrdinalIgnoreCase) || prefix.Split('/')[1..^1].Any(segment => segment is "" or "." or ".."))
        {
            _mistakes.Add($"JUPYTERHUB_SERVICE_PREFIX is '{text}'. Set it to a percent-encoded path, such as /user/ada/.");
        }

        return prefix;
    }

    private bool WantsHub => HubVariables.Any(name => HubText(name) is not null);

    private HubOptions? Hub(string prefix)
    {
        if (!WantsHub)
        {
            return null;
        }

        var missing = HubVariables.Append("JUPYTERHUB_SERVICE_PREFIX").Where(name => HubText(name) is null).ToArray();
        if (missing.Length > 0)
        {
            var present = HubVariables.Where(name => HubText(name) is not null).ToArray();
            _mistakes.Add($"{present[0]} is set, but {string.Join(", ", missing)} {(missing.Length == 1 ? "is" : "are")} not. Under a hub set all of them; without one, none of {string.Join(", ", present)}.");
        }

        var interval = ActivityInterval();
        var apiUrl = Url("JUPYTERHUB_API_URL");
        return new HubOptions
        {
            // What is missing or wrong has been noted; options with such gaps are never used.
            ApiUrl = apiUrl is null ? null! : new Uri(apiUrl.AbsoluteUri.TrimEnd('/')),
            ApiToken = Text("JUPYTERHUB_API_TOKEN")!,
            ClientId = ClientId()!,
            CallbackUrl = Text("JUPYTERHUB_OAUTH_CALLBACK_URL") ?? prefix + "oauth_callback",
            AccessScopes = Scopes(),
            ActivityUrl = interval == TimeSpan.Zero ? null : Url("JUPYTERHUB_ACTIVITY_URL"),
            ActivityInterval = interval,
            Host = Url("JUPYTERHUB_HOST")?.GetLeftPart(UriPartial.Authority) ?? "",
            BaseUrl = "/" + (Text("JUPYTERHUB_BASE_URL")?.Trim('/') is { Length: > 0 } path ? path + "/" : ""),
            PublicUrl = Url("JUPYTERHUB_PUBLIC_URL"),
            PublicHubUrl = Url("JUPYTERHUB_PUBLIC_HUB_URL"),
            CookieHostPrefix = Text("JUPYTERHUB_COOKIE_HOST_PREFIX_ENABLED") == "1",
            Owner = Text("JUPYTERHUB_USER"),
            WebSocketsByCookie = WebSocketsByCookie(),
        };
    }

    private string? HubText(string name) => Text(name) ?? (name == ScopesVariable ? Text("JUPYTERHUB_OAUTH_SCOPES") : null);

    private bool WebSocketsByCookie()
    {
        const string name = "JUPYTERHUB_ALLOW_WEBSOCKET_COOKIE_AUTH";
        if (Text(name) is null || Switch(name))
        {
            return true;
        }

        _warnings.Add($"{name} is 0: WebSockets need a token in the Authorization header, which no browser sends, so the IDE will not work in one.");
        return false;
    }

    private string? ClientId()
    {
        var id = Text("JUPYTERHUB_CLIENT_ID");
        if (id is not null && !CookieName().IsMatch(id))
        {
            _mistakes.Add($"JUPYTERHUB_CLIENT_ID is '{id}'. Set it to one without spaces, quotes, brackets, commas, semicolons and '=': it names the session cookie.");
        }

        return id;
    }

    private string[] Scopes()
    {
        var text = HubText(ScopesVariable);
        if (text is null)
        {
            return []; // Named among the missing variables.
        }

        try
        {
            if (JsonSerializer.Deserialize(text, ScopesJson.Default.StringArray) is { Length: > 0 } scopes)
            {
                return scopes;
            }
        }
        catch (JsonException)
        {
            // Named below, as an empty list is: without scopes nobody could be let in.
        }

        _mistakes.Add($"{ScopesVariable} is '{text}'. Set it to a JSON list of scopes, such as [\"access:servers!server=ada/\"].");
        return [];
    }

    private TimeSpan ActivityInterval()
    {
        var text = Text("JUPYTERHUB_ACTIVITY_INTERVAL") ?? "300";
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds <= 86400)
        {
            return TimeSpan.FromSeconds(seconds);
        }

        _mistakes.Add($"JUPYTERHUB_ACTIVITY_INTERVAL is '{text}'. Set it to seconds, at most 86400; 0 turns the reports off.");
        return TimeSpan.Zero;
    }

    [GeneratedRegex("^(/|[A-Za-z0-9._~!$&'()*+=:@-]|%[0-9A-Fa-f]{2})*$")]
    private static partial Regex RawPath();

    [GeneratedRegex("^[^\\s\"(),/:;<=>?@\\[\\\\\\]{}\\x00-\\x1f\\x7f-\\uffff]+$")]
    private static partial Regex CookieName();

    // By reflection the first look at JSON takes a tenth of the start.
    [JsonSerializable(typeof(string[]))]
    private sealed partial class ScopesJson : JsonSerializerContext;
}
