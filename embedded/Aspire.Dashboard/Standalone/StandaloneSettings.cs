using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;

namespace Aspire.Dashboard.Standalone;

/// <summary>What a dashboard of its own is told, by the variables that the image of the real one takes.</summary>
/// <param name="IsTokenOurs">Whether nobody gave a token, so that only the log can tell it.</param>
internal sealed record StandaloneSettings(DashboardOptions Options, bool IsTokenOurs)
{
    private const string Pages = "ASPNETCORE_URLS";
    private const string Otlp = "ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL";
    private const string OtlpOfOld = "DOTNET_DASHBOARD_OTLP_HTTP_ENDPOINT_URL";
    private const string PagesMode = "DASHBOARD__FRONTEND__AUTHMODE";
    private const string Token = "DASHBOARD__FRONTEND__BROWSERTOKEN";
    private const string OtlpMode = "DASHBOARD__OTLP__AUTHMODE";
    private const string OtlpKey = "DASHBOARD__OTLP__PRIMARYAPIKEY";
    private const string Unsecured = "Unsecured";

    /// <summary>The settings, or every mistake in them as a sentence.</summary>
    public static (StandaloneSettings? Settings, IReadOnlyList<string> Mistakes) Read(IConfiguration configuration)
    {
        var mistakes = new List<string>();
        var pages = Address(Pages, Given(Pages) ?? "http://localhost:18888");
        var otlp = Address(Otlp, Given(Otlp) ?? Given(OtlpOfOld) ?? "http://localhost:18890");
        var asksForToken = Mode(PagesMode, "BrowserToken");
        var asksForKey = Mode(OtlpMode, "ApiKey");
        if (asksForKey && Given(OtlpKey) is null)
        {
            mistakes.Add($"{OtlpKey} is not set: give it what senders of telemetry must have, such as what openssl rand -hex 32 prints, or let everybody send with {OtlpMode}={Unsecured}.");
        }

        if (mistakes.Count > 0)
        {
            return (null, mistakes);
        }

        var options = new DashboardOptions
        {
            FrontendUrl = pages!,
            OtlpHttpUrl = otlp,
            BrowserToken = asksForToken ? Given(Token) ?? RandomNumberGenerator.GetHexString(32, lowercase: true) : null,
            OtlpApiKey = asksForKey ? Given(OtlpKey) : null,
        };
        return (new StandaloneSettings(options, asksForToken && Given(Token) is null), mistakes);

        // DASHBOARD__OTLP__AUTHMODE arrives as Dashboard:Otlp:AuthMode.
        string? Given(string variable) => configuration[variable.Replace("__", ":", StringComparison.Ordinal)] is { Length: > 0 } value ? value : null;

        // http://+:18888, as ASP.NET has it, is every address; of several the first by http counts.
        Uri? Address(string variable, string given)
        {
            foreach (var address in given.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            {
                var named = address.Replace("://+", "://0.0.0.0", StringComparison.Ordinal).Replace("://*", "://0.0.0.0", StringComparison.Ordinal);
                if (Uri.TryCreate(named, UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttp && (url.IsLoopback || DashboardOptions.IsEveryAddress(url)))
                {
                    return url;
                }
            }

            mistakes.Add($"{variable} is '{given}': this dashboard listens on http://localhost:PORT or, with http://+:PORT, on every address; TLS is for what stands in front.");
            return null;
        }

        bool Mode(string variable, string closed)
        {
            var given = Given(variable) ?? closed;
            if (!given.Equals(closed, StringComparison.OrdinalIgnoreCase) && !given.Equals(Unsecured, StringComparison.OrdinalIgnoreCase))
            {
                mistakes.Add($"{variable} is '{given}': this dashboard knows {closed} and {Unsecured}.");
            }

            return !given.Equals(Unsecured, StringComparison.OrdinalIgnoreCase);
        }
    }
}
