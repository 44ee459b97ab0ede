using Microsoft.AspNetCore.Authorization;

namespace Waiide.Gateway.Api;

/// <summary>Every endpoint and who may call it: printed by "Waiide.Gateway endpoints", and looked at before each start.</summary>
internal static class EndpointList
{
    /// <summary>One endpoint: its methods ("ANY" for all), its pattern below the prefix, and who may call it.</summary>
    internal sealed record Row(string Methods, string Pattern, string Who);

    /// <summary>Stops the start where somebody has added an endpoint and forgotten to say who may call it.</summary>
    internal static void RequireDeclaredPolicies(this WebApplication app) => _ = Of(app);

    /// <summary>Prints the list, a line for each.</summary>
    internal static void PrintEndpoints(this WebApplication app)
    {
        foreach (var row in Of(app))
        {
            Console.WriteLine($"{row.Methods,-10} {row.Pattern,-28} {row.Who}");
        }
    }

    /// <summary>The addresses below the prefix, for somebody who looks around: without what catches the rest, but with the ports that it leads to.</summary>
    internal static IEnumerable<string> PathsOf(IEndpointRouteBuilder app) =>
        Of(app).Select(row => row.Pattern.Trim('/')).Where(path => !path.Contains("{**", StringComparison.Ordinal)).Concat(["proxy/{port}/", "absproxy/{port}/"]).Distinct();

    private static IReadOnlyList<Row> Of(IEndpointRouteBuilder app) =>
    [
        .. from source in app.DataSources
           from endpoint in source.Endpoints.OfType<RouteEndpoint>()
           let methods = endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods
           let pattern = "/" + endpoint.RoutePattern.RawText?.TrimStart('/')
           select new Row(methods is { Count: > 0 } ? string.Join(',', methods) : "ANY", pattern, Who(endpoint, pattern)),
    ];

    private static string Who(Endpoint endpoint, string pattern) =>
        endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null
            ? "anyone"
            : endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>() is [.., { Policy: Access.Users or Access.Administrators or Access.Monitors }] declared
                ? declared[^1].Policy!
                : throw new InvalidOperationException($"The endpoint {pattern} does not say who may call it: add AllowAnonymous(), or RequireAuthorization with a policy of {nameof(Access)}.");
}
