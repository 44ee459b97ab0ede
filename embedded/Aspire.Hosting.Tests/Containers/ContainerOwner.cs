
namespace Aspire.Hosting.Tests.Containers;

/// <summary>An AppHost with one container, in a process of its own: for the tests that kill it or give it another PATH.</summary>
internal static class ContainerOwner
{
    public const string Argument = "--container";

    /// <summary>Runs until it is killed; each state of the container is a line.</summary>
    public static async Task RunAsync(string name)
    {
        await using var app = new ContainerApp();
        app.Script("web", "echo up; sleep 1000 & wait").WithContainerName(name);
        _ = PrintAsync(app);
        await app.StartAsync();
        Console.WriteLine("started");
        await Task.Delay(Timeout.Infinite);
    }

    private static async Task PrintAsync(ContainerApp app)
    {
        string? last = null;
        await Eventually.Is(() => app.IsBuilt, "the application is built");
        await foreach (var now in app.App.ResourceNotifications.WatchAsync())
        {
            if (now.Snapshot.State?.Text is { } state && state != last)
            {
                Console.WriteLine($"state {last = state}");
            }
        }
    }
}
