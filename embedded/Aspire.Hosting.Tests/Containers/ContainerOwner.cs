using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Tests.Containers;

/// <summary>An AppHost in a process of its own: for the tests that kill it or give it another PATH.</summary>
internal static class ContainerOwner
{
    public const string Argument = "--container";

    /// <summary>Runs until it is killed: a container of this name that is led to a process of this machine, and as many others. Each state of a container is a line.</summary>
    public static async Task RunAsync(string name, string others = "0")
    {
        await using var app = new ContainerApp();
        app.Builder.Services.AddLogging(logging => logging.AddSimpleConsole(console => console.SingleLine = true));
        var here = app.Builder.AddExecutable("here", "sleep", "/", "1000").WithHttpEndpoint(env: "PORT");
        app.Script("web", "echo up; sleep 1000 & wait").WithContainerName(name).WithEnvironment("HERE", here.GetEndpoint("http"));
        for (var number = 1; number <= int.Parse(others, CultureInfo.InvariantCulture); number++)
        {
            app.Script($"other{number}", "sleep 1000 & wait");
        }

        _ = PrintAsync(app);
        await app.StartAsync();
        Console.WriteLine("started");
        await Task.Delay(Timeout.Infinite);
    }

    private static async Task PrintAsync(ContainerApp app)
    {
        var last = new Dictionary<string, string>();
        await Eventually.Is(() => app.IsBuilt, "the application is built");
        await foreach (var now in app.App.ResourceNotifications.WatchAsync())
        {
            if (now.Snapshot.State?.Text is { } state && last.GetValueOrDefault(now.Resource.Name) != state)
            {
                Console.WriteLine($"state {now.Resource.Name} {last[now.Resource.Name] = state}");
            }
        }
    }
}
