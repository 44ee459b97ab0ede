namespace Waiide.Gateway;

/// <summary>What USE_ALL_COMPONENTS=false leaves out: it says so to those who may use the server, and to nobody else.</summary>
internal static class LeftOut
{
    internal const string Sentence = "This server offers VS Code alone: it was started with USE_ALL_COMPONENTS=false.";

    /// <summary>Marks endpoints that are more than the IDE.</summary>
    internal static TBuilder IsMoreThanTheIde<TBuilder>(this TBuilder endpoints, GatewayOptions options)
        where TBuilder : IEndpointConventionBuilder
    {
        if (!options.AllComponents)
        {
            endpoints.Finally(endpoint => endpoint.RequestDelegate = context => Refusal.Of(context.Request, StatusCodes.Status404NotFound, "Not offered here", Sentence, HtmlPage.OpenIde(options)).ExecuteAsync(context));
        }

        return endpoints;
    }
}
