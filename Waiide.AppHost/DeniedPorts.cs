using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Waiide.AppHost;

/// <summary>Ports of this machine that no server may hand on to whoever asks for /proxy/PORT/.</summary>
internal static class DeniedPorts
{
    // Where Aspire's dashboard has its pages, and where it, and what it is told by, are spoken to. The older names have DOTNET_ in place of ASPIRE_.
    private static readonly string[] AddressesOfTheDashboard =
    [
        "ASPNETCORE_URLS",
        "ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", "ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL", "ASPIRE_DASHBOARD_MCP_ENDPOINT_URL", "ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL",
        "DOTNET_DASHBOARD_OTLP_ENDPOINT_URL", "DOTNET_DASHBOARD_OTLP_HTTP_ENDPOINT_URL", "DOTNET_RESOURCE_SERVICE_ENDPOINT_URL",
    ];

    /// <summary>The dashboard's and those that somebody has named, separated by commas; to be asked when a resource starts, since a port 0 is another one by then.</summary>
    public static string For(IConfiguration configuration) => string.Join(
        ',', [.. OfTheDashboard(configuration), .. configuration["WAIIDE_DENIED_PORTS"] is { Length: > 0 } named ? new[] { named } : []]);

    private static IEnumerable<string> OfTheDashboard(IConfiguration configuration) => AddressesOfTheDashboard
        .SelectMany(setting => (configuration[setting] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        .Select(address => Uri.TryCreate(address, UriKind.Absolute, out var url) ? url.Port : 0)
        .Where(port => port > 0)
        .Distinct()
        .Select(port => port.ToString(CultureInfo.InvariantCulture));
}
