using System.Runtime.InteropServices;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Aspire.Dashboard.Standalone;

/// <summary>The dashboard as a program of its own, for telemetry alone: what senders elsewhere send is shown to people who have its token.</summary>
internal static class Program
{
    private static async Task<int> Main()
    {
        var (settings, mistakes) = StandaloneSettings.Read(new ConfigurationBuilder().AddEnvironmentVariables().Build());
        if (settings is null)
        {
            await Console.Error.WriteLineAsync(string.Join(Environment.NewLine, mistakes)).ConfigureAwait(false);
            return 1;
        }

        var ended = new TaskCompletionSource();
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
        using var logs = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Warning).AddSimpleConsole());
        try
        {
            var dashboard = await DashboardServer.StartAsync(settings.Options, null, logs, CancellationToken.None).ConfigureAwait(false);
            await using (dashboard.ConfigureAwait(false))
            {
                Console.WriteLine($"Now listening on: {dashboard.FrontendUrl}");
                Console.WriteLine($"OTLP by HTTP is received at {dashboard.OtlpHttpUrl}; there is none by gRPC.");
                // A token that was given is known already, and a log has more readers.
                Console.WriteLine($"Login to the dashboard at {(settings.IsTokenOurs ? dashboard.LoginUrl : dashboard.FrontendUrl)}");
                await ended.Task.ConfigureAwait(false);
            }
        }
        catch (AddressException exception)
        {
            await Console.Error.WriteLineAsync($"{exception.Address}: {exception.Message}").ConfigureAwait(false);
            return 1;
        }

        return 0;

        void End(PosixSignalContext signal)
        {
            signal.Cancel = true;
            ended.TrySetResult();
        }
    }
}
