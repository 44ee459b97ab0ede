namespace Aspire.Dashboard;

/// <summary>How a dashboard is reached and what it asks for. An address is one of this machine's own, or all of them.</summary>
internal sealed record DashboardOptions
{
    /// <summary>Where people open it, such as http://localhost:15100; port 0: any free one.</summary>
    public required Uri FrontendUrl { get; init; }

    /// <summary>Where OTLP by HTTP is received; port 0: any free one; null: nowhere.</summary>
    public Uri? OtlpHttpUrl { get; init; }

    /// <summary>The token of the printed link; null: everybody on this machine may come in.</summary>
    public string? BrowserToken { get; init; }

    /// <summary>What senders of telemetry must have in the header x-otlp-api-key; null: nothing.</summary>
    public string? OtlpApiKey { get; init; }

    /// <summary>What scripts must have in the header x-api-key to use the JSON API without a browser's session; null: there is no such way.</summary>
    public string? ApiKey { get; init; }

    /// <summary>Whether what listens there can be reached from elsewhere, such as http://0.0.0.0:18888.</summary>
    public static bool IsEveryAddress(Uri url) => url.Host is "0.0.0.0" or "[::]";
}
