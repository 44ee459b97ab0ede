using Aspire.Dashboard;
using Microsoft.Extensions.Logging;

// A dashboard of telemetry alone, without keys, for bench/telemetry; it ends with its standard input.
using var logs = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Warning).AddSimpleConsole());
var options = new DashboardOptions { FrontendUrl = new Uri("http://localhost:0"), OtlpHttpUrl = new Uri("http://localhost:0") };
await using var dashboard = await DashboardServer.StartAsync(options, null, logs, CancellationToken.None);
Console.WriteLine($"{dashboard.FrontendUrl} {dashboard.OtlpHttpUrl}");
while (await Console.In.ReadLineAsync() is not null)
{
}
