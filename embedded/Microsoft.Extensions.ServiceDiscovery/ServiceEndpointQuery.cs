namespace Microsoft.Extensions.ServiceDiscovery;

/// <summary>What is asked for: "https+http://_dashboard.hub:1" is the endpoint "dashboard" of "hub", by https or else by http.</summary>
internal sealed record ServiceEndpointQuery(string Schemes, string? EndpointName, string ServiceName)
{
    /// <summary>The query as a URI; without a scheme ("hub:1") it has <see cref="NoScheme"/>.</summary>
    public static Uri? ParseUri(string text) =>
        Uri.TryCreate(text.Contains("://", StringComparison.Ordinal) ? text : $"{NoScheme}://{text}", UriKind.Absolute, out var uri) ? uri : null;

    public static ServiceEndpointQuery Of(Uri uri)
    {
        var host = uri.Host;
        var dot = host.IndexOf('.', StringComparison.Ordinal);
        var named = host.StartsWith('_') && dot > 1 && !host.EndsWith('.');
        return new ServiceEndpointQuery(
            uri.Scheme == NoScheme ? "" : uri.Scheme,
            named ? host[1..dot] : null,
            named ? host[(dot + 1)..] : host);
    }

    /// <summary>The accepted schemes, best first; empty: any.</summary>
    public string[] IncludedSchemes => Schemes.Split('+', StringSplitOptions.RemoveEmptyEntries);

    private const string NoScheme = "noscheme";
}
