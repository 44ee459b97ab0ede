using System.Globalization;
using System.Text.RegularExpressions;

namespace Waiide.Gateway;

// How long, how much, and which ports not.
internal sealed partial class GatewayOptionsReader
{
    // https://opentelemetry.io/docs/specs/otel/protocol/exporter/: one for all, or one for each.
    private static readonly string[] Signals = ["", "TRACES_", "METRICS_", "LOGS_"];

    private static readonly TimeSpan UsualIdleTimeout = TimeSpan.FromHours(2);

    private ActivityPolicy Activity()
    {
        switch (Text("WAIIDE_ACTIVITY"))
        {
            case null or "input+cpu":
                return ActivityPolicy.InputAndCpu;
            case "input":
                return ActivityPolicy.Input;
            case "browser":
                return ActivityPolicy.Browser;
            case { } text:
                _mistakes.Add($"WAIIDE_ACTIVITY is '{text}'. Set it to browser, input or input+cpu.");
                return ActivityPolicy.InputAndCpu;
        }
    }

    // Without a hub nobody starts a server again that has stopped itself; and an attached IDE, with what runs in it, would not end with it.
    private TimeSpan? IdleTimeout(bool byDefault)
    {
        if (Text("WAIIDE_IDLE_TIMEOUT") is not { } text)
        {
            return byDefault ? UsualIdleTimeout : null;
        }

        if (Duration().Match(text) is { Success: true } match && double.TryParse(match.Groups["number"].Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
        {
            var seconds = number * match.Groups["unit"].Value switch { "d" => 86400, "h" => 3600, "m" => 60, _ => 1 };
            if (seconds <= TimeSpan.FromDays(365).TotalSeconds)
            {
                return seconds == 0 ? null : TimeSpan.FromSeconds(seconds);
            }
        }

        _mistakes.Add($"WAIIDE_IDLE_TIMEOUT is '{text}'. Set it to seconds, or to a number with s, m, h or d, such as 90m; 0 turns it off.");
        return null;
    }

    private ushort[] DeniedPorts()
    {
        var texts = (Text("WAIIDE_DENIED_PORTS") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (texts.FirstOrDefault(text => ParsePort(text) is null) is { } wrong)
        {
            _mistakes.Add($"WAIIDE_DENIED_PORTS has '{wrong}'. Set it to numbers from 1 to 65535, separated by commas, such as 5432,6379.");
            return [];
        }

        return [.. texts.Select(text => (ushort)ParsePort(text)!.Value)];
    }

    // For the exporter to use. Here their mistakes are told together with the others, and their ports are kept from being taken for a user's.
    private Uri[] TelemetryUrls() =>
        [.. Signals.Select(signal => Url($"OTEL_EXPORTER_OTLP_{signal}ENDPOINT")).OfType<Uri>()];

    private bool Switch(string name, bool byDefault = false)
    {
        switch (Text(name)?.ToLowerInvariant())
        {
            case null:
                return byDefault;
            case "0" or "false":
                return false;
            case "1" or "true":
                return true;
            case { } text:
                _mistakes.Add($"{name} is '{text}'. Set it to {(byDefault ? "true or false" : "1 or 0")}.");
                return byDefault;
        }
    }

    // JupyterHub says bytes; people and templates say 4G.
    private long? MemoryLimit()
    {
        if (Text("MEM_LIMIT") is not { } text)
        {
            return null;
        }

        if (Size().Match(text) is { Success: true } match && double.TryParse(match.Groups["number"].Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
        {
            var bytes = number * Math.Pow(1024, "KMGT".IndexOf(match.Groups["unit"].Value.ToUpperInvariant(), StringComparison.Ordinal) is var power && match.Groups["unit"].Length > 0 ? power + 1 : 0);
            if (bytes is >= 1 and <= long.MaxValue)
            {
                return (long)bytes;
            }
        }

        _mistakes.Add($"MEM_LIMIT is '{text}'. Set it to bytes, or to a number with K, M, G or T, such as 4G.");
        return null;
    }

    private double? CpuLimit()
    {
        if (Text("CPU_LIMIT") is not { } text)
        {
            return null;
        }

        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var processors) && processors is > 0 and < 100_000)
        {
            return processors;
        }

        _mistakes.Add($"CPU_LIMIT is '{text}'. Set it to a number of processors, such as 1.5.");
        return null;
    }

    [GeneratedRegex(@"^(?<number>[0-9]+(\.[0-9]+)?)(?<unit>[smhd]?)\z")]
    private static partial Regex Duration();

    [GeneratedRegex(@"^(?<number>[0-9]+(\.[0-9]+)?)((?<unit>[KMGTkmgt])i?)?[Bb]?\z")]
    private static partial Regex Size();
}
