using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

// Prints every change of every resource of the sample while it starts, and while its gateway is stopped and started and its hub restarted: what was done with
// the real packages when states.log was recorded, in the same form. A program of its own, so that the test decides which container engine is on its PATH.
using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(80));
var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.Sample_AppHost>(["Parameters:ide-password=p", "Parameters:hub-token=t"], limit.Token);
builder.Services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Error));
await using var app = await builder.BuildAsync(limit.Token);

var last = new Dictionary<string, string>();
var watching = Task.Run(async () =>
{
    await foreach (var change in app.ResourceNotifications.WatchAsync(limit.Token))
    {
        var (name, now) = (change.Resource.Name, change.Snapshot);
        var line = $"{name} [{change.ResourceId}] type={now.ResourceType} state={now.State?.Text}/{now.State?.Style} health={now.HealthStatus} exit={now.ExitCode} hidden={now.IsHidden}"
            + $" urls=[{string.Join(',', now.Urls.Select(url => $"{url.Name}={url.Url}{(url.IsInactive ? "(inactive)" : "")}{(url.DisplayProperties.DisplayName is { Length: > 0 } text ? ":" + text : "")}"))}]"
            + $" cmds=[{string.Join(',', now.Commands.Select(command => $"{command.Name}:{command.State}"))}]"
            + $" rel=[{string.Join(',', now.Relationships.Select(other => $"{other.Type}>{other.ResourceName}"))}]";
        if (last.GetValueOrDefault(name) != line)
        {
            last[name] = line;
            Console.WriteLine($"0 {line}");
        }
    }
});

await app.StartAsync(limit.Token);
Console.WriteLine("0 <<< StartAsync returned");
await app.ResourceNotifications.WaitForResourceHealthyAsync("gateway", limit.Token);
await Execute("gateway", "stop");
await Execute("gateway", "start");
await app.ResourceNotifications.WaitForResourceHealthyAsync("gateway", limit.Token);
await Execute("hub", "restart");
await app.ResourceNotifications.WaitForResourceHealthyAsync("hub", limit.Token);

// What was published last is printed before the end.
while (!last["hub"].Contains("health=Healthy", StringComparison.Ordinal))
{
    await Task.Delay(50, limit.Token);
}

Console.WriteLine("0 >>> StopAsync");
await app.StopAsync(limit.Token);
await limit.CancelAsync();
try
{
    await watching;
}
catch (OperationCanceledException)
{
    // There is nothing left to watch.
}

async Task Execute(string resource, string command)
{
    var result = await app.ResourceCommands.ExecuteCommandAsync(resource, command, limit.Token);
    Console.WriteLine($"0 === {resource} {command} -> {result.Success} {result.Message}");
}
