using System.Diagnostics;
using Waiide.Hub.Mock.Auth;
using Waiide.ServiceDefaults;

namespace Waiide.Hub.Mock;

/// <summary>The hub's own spans; docs/telemetry.md lists them. Where no traces are collected there are none.</summary>
internal static class HubTraces
{
    private static readonly ActivitySource Source = new("Waiide.Hub");

    public static void AddTraces(this WebApplicationBuilder builder)
    {
        var options = (HubOptions)builder.Services.Single(service => service.ServiceType == typeof(HubOptions)).ImplementationInstance!;

        // The API's port is for servers, whose questions are part of what somebody asked them, and who show a token with each; the front's is for everybody.
        builder.AddTraceBoundary(new TraceBoundary(
            options.BaseUrl,
            context => context.Connection.LocalPort == options.ApiPort && options.ApiPort != options.FrontPort && context.RequestServices.GetRequiredService<Callers>().HasToken(context),
            request => BrowserProtocol.IsHttps(request, options)));
    }

    public static Activity? Begin(string name) => Source.StartActivity(name);

    /// <summary>Something happens in whatever is going on.</summary>
    public static void Event(string name, string? key = null, object? value = null) =>
        Activity.Current?.AddEvent(new ActivityEvent(name, tags: key is null ? null : new ActivityTagsCollection { [key] = value }));

    /// <summary>For a process that is started because of it: the variable TRACEPARENT; null where no trace is kept.</summary>
    public static string? Traceparent => Activity.Current is { Recorded: true, Id: { } id } ? id : null;
}
