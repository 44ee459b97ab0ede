using System.Globalization;
using System.Runtime.InteropServices;
using Aspire.Hosting.Dcp.Processes;
using Aspire.Hosting.Tests.Containers;
using Aspire.Hosting.Tests.Dashboard;
using Microsoft.Extensions.Logging;

if (args is [ContainerOwner.Argument, ..])
{
    await ContainerOwner.RunAsync(args[1], args.ElementAtOrDefault(2) ?? "0");
    return;
}

if (args is [DashboardOwner.Argument])
{
    await DashboardOwner.RunAsync();
    return;
}

// An AppHost in little, for the tests that kill one: it runs each argument as a shell script, says so, and waits.
// It stops in an orderly way on SIGHUP and when the `dotnet run` above it is gone, as the engine does.
var stop = new TaskCompletionSource<string>();
using var hangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
{
    signal.Cancel = true;
    stop.TrySetResult("hangup");
});
using var watch = ParentWatch.Start(() => stop.TrySetResult("parent gone"));
using var logging = LoggerFactory.Create(builder => builder.AddSimpleConsole(console => console.SingleLine = true));
await using (var run = ProcessRun.Start(logging.CreateLogger("run")))
{
    foreach (var script in args)
    {
        var environment = new Dictionary<string, string> { ["PATH"] = Environment.GetEnvironmentVariable("PATH")! };
        var process = await run.StartAsync(new ProcessSpec("script", "sh", ["-c", script], "/", environment, (line, _) => Console.WriteLine(line)), CancellationToken.None);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"started {process.Id}"));
    }

    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"owner {Environment.ProcessId} watched {watch is not null}"));
    Console.WriteLine("stopping: " + await stop.Task);
}
