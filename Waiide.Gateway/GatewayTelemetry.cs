using System.Diagnostics;

namespace Waiide.Gateway;

/// <summary>The source of the gateway's own spans. ServiceDefaults listens to every source whose name begins with "Waiide.".</summary>
internal static class GatewayTelemetry
{
    internal static readonly ActivitySource Spans = new("Waiide.Gateway");
}
