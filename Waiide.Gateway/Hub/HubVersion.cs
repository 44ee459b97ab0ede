namespace Waiide.Gateway.Hub;

/// <summary>The hub's version, sent back to it on every response: hubs compare, and give up redirects sooner where it differs.</summary>
internal sealed class HubVersion
{
    // Until the hub has told its own: that of the contract that this gateway was written against.
    public string Value { get; set; } = "5.5.1";

    internal static void Use(WebApplication app)
    {
        var version = app.Services.GetRequiredService<HubVersion>();
        app.Use((context, next) =>
        {
            context.Response.OnStarting(() =>
            {
                context.Response.Headers["X-JupyterHub-Version"] = version.Value; // Set, not added: an upstream may not speak for us.
                return Task.CompletedTask;
            });
            return next(context);
        });
    }
}
