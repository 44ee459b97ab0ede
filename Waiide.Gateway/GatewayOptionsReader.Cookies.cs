using System.Text.Json;
using System.Text.RegularExpressions;

namespace Waiide.Gateway;

// How the hub's administrator wants cookies to be.
internal sealed partial class GatewayOptionsReader
{
    private const string CookieVariable = "JUPYTERHUB_COOKIE_OPTIONS";

    private const double MostDays = 3650;

    // {"samesite": "Lax", "expires_days": 1}, as c.JupyterHub.tornado_settings["cookie_options"] has it.
    private CookieSettings Cookies(HubOptions? hub)
    {
        if (Text(CookieVariable) is not { } text)
        {
            return new CookieSettings();
        }

        try
        {
            using var document = JsonDocument.Parse(text);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                var settings = document.RootElement.EnumerateObject().Where(option => option.Value.ValueKind != JsonValueKind.Null).Aggregate(new CookieSettings(), With);
                return Checked(settings, hub);
            }
        }
        catch (JsonException)
        {
            // Named below, as what is no object is.
        }

        _mistakes.Add($"{CookieVariable} is '{text}'. Set it to a JSON object, such as {{\"samesite\": \"Lax\", \"expires_days\": 1}}.");
        return new CookieSettings();
    }

    private CookieSettings With(CookieSettings settings, JsonProperty option)
    {
        switch (option.Name, option.Value.ValueKind)
        {
            case ("samesite", JsonValueKind.String) when option.Value.GetString()!.ToLowerInvariant() is "lax" or "strict" or "none":
                return settings with { SameSite = option.Value.GetString()!.ToLowerInvariant() switch { "lax" => "Lax", "strict" => "Strict", _ => "None" } };
            case ("secure", JsonValueKind.True or JsonValueKind.False):
                return settings with { Secure = option.Value.GetBoolean() };
            case ("domain", JsonValueKind.String) when CookieDomain().IsMatch(option.Value.GetString()!):
                return settings with { Domain = option.Value.GetString() };
            case ("expires_days", JsonValueKind.Number) when option.Value.TryGetDouble(out var days) && days is > 0 and <= MostDays:
                return settings with { Lifetime = TimeSpan.FromDays(days) };
            case ("samesite", _):
                return Wrong("\"Lax\", \"Strict\" or \"None\"");
            case ("secure", _):
                return Wrong("true or false");
            case ("domain", _):
                return Wrong("the name of a domain, such as \"hub.example.org\"");
            case ("expires_days", _):
                return Wrong($"a number of days above 0, at most {MostDays}");
            default:
                _warnings.Add($"{CookieVariable} has \"{option.Name}\", which is not for this server's cookies; it is ignored.");
                return settings;
        }

        CookieSettings Wrong(string choices)
        {
            _mistakes.Add($"{CookieVariable} has {option.Value.GetRawText()} as \"{option.Name}\". Set it to {choices}.");
            return settings;
        }
    }

    private CookieSettings Checked(CookieSettings settings, HubOptions? hub)
    {
        var isSecure = hub is { CookieHostPrefix: true } || (settings.Secure ?? hub?.PublicUrl?.Scheme == Uri.UriSchemeHttps);
        if (settings.SameSite == "None" && !isSecure)
        {
            _mistakes.Add($"{CookieVariable} has \"samesite\": \"None\" without \"secure\": true, and browsers refuse such cookies. Add \"secure\": true where people reach the hub by https, or set \"samesite\" to \"Lax\".");
        }

        if (settings.Domain is not null && hub is { CookieHostPrefix: true })
        {
            _warnings.Add($"{CookieVariable} has \"domain\", but with JUPYTERHUB_COOKIE_HOST_PREFIX_ENABLED=1 cookies belong to one host; it is ignored.");
        }

        return settings;
    }

    [GeneratedRegex(@"^\.?[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?\z")]
    private static partial Regex CookieDomain();
}
