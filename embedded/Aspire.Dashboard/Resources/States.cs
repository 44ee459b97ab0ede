using System.Globalization;
using Aspire.Dashboard.Application;
using Aspire.Dashboard.Front;

namespace Aspire.Dashboard.Resources;

/// <summary>How a state, a time and a link are shown, wherever they are.</summary>
internal static class States
{
    public const string Unknown = "Unknown", NoHealth = "None";

    public static Html Chip(ResourceView resource) => Html.Of($"""<span class="chip {Kind(resource)}">{Words(resource)}</span>""");

    /// <summary>The state in words, with the health where it is not well and the exit code where it tells something.</summary>
    public static string Words(ResourceView resource) => resource switch
    {
        { State: "Running", Health: "Unhealthy" or "Degraded" } => $"Running ({resource.Health})",
        { State: "Finished" or "Exited", ExitCode: { } code and not 0 } => string.Create(CultureInfo.InvariantCulture, $"{resource.State} (exit code {code})"),
        { State: "FailedToStart" } => "Failed to start",
        { State: "RuntimeUnhealthy" } => "Runtime unhealthy",
        { State: "NotStarted" } => "Not started",
        { State: "ValueMissing" } => "Value missing",
        _ => resource.State is { Length: > 0 } state ? state : Unknown,
    };

    public static Html Time(DateTime? at) => at is not { } time
        ? Html.Of($"""<span class="soft">-</span>""")
        : Html.Of($"""<time datetime="{time.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture)}" title="{time.ToLocalTime().ToString("F", CultureInfo.InvariantCulture)}">{Short(time.ToLocalTime())}</time>""");

    /// <summary>A link that opens beside the dashboard. Only web addresses are links: what else there is would run here.</summary>
    public static Html Link(UrlView url) => url.IsInactive || !(url.Url.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || url.Url.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
        ? Html.Of($"""<span class="soft" title="{url.Url}">{url.Text}</span>""")
        : Html.Of($"""<a href="{url.Url}" target="_blank" rel="noopener noreferrer" title="{url.Url}">{url.Text}</a>""");

    /// <summary>The class of the colour that goes with a state.</summary>
    public static string Kind(ResourceView resource) => resource switch
    {
        { State: "Running", Health: "Unhealthy" or "Degraded" } or { State: "Starting" or "Waiting" or "Stopping" or "Building" or "ValueMissing" } => "wait",
        { State: "Running" or "Active" } => "good",
        { State: "FailedToStart" or "RuntimeUnhealthy" } or { ExitCode: not (null or 0) } => "bad",
        _ => "",
    };

    private static string Short(DateTime local) => local.Date == DateTime.Today
        ? local.ToString("HH:mm:ss", CultureInfo.InvariantCulture)
        : local.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
