using System.Globalization;

namespace Waiide.Gateway.Hub;

/// <summary>The hub's version, sent back to it on every response: hubs compare, and give up redirects sooner where it differs.</summary>
internal sealed class HubVersion
{
    /// <summary>The major versions of JupyterHub whose contract this gateway is written for; docs/jupyterhub.md says with which it is tested.</summary>
    internal const int Oldest = 3;

    /// <inheritdoc cref="Oldest"/>
    internal const int Newest = 6;

    // Until the hub has told its own: that of the contract that this gateway was written against.
    public string Value { get; set; } = "5.5.1";

    /// <summary>Whether <paramref name="version"/>, such as 5.5.1 or 6.0.0b2, is one of those.</summary>
    internal static bool IsKnown(string version) => int.TryParse(version.Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var major) && major is >= Oldest and <= Newest;

    internal static void Use(WebApplication app)
    {
        var version = app.Services.GetRequiredService<HubVersion>();
        Func<object, Task> say = state =>
        {
            ((HttpContext)state).Response.Headers["X-JupyterHub-Version"] = version.Value; // Set, not added: an upstream may not speak for us.
            return Task.CompletedTask;
        };
        app.Use(next => context =>
        {
            context.Response.OnStarting(say, context);
            return next(context);
        });
    }
}
