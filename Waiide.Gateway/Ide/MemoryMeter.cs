using System.Diagnostics.Metrics;
using System.Globalization;

namespace Waiide.Gateway.Ide;

/// <summary>Measures how much memory the gateway, its IDE and everything in the IDE's terminals use together, and against which limit.</summary>
internal sealed class MemoryMeter
{
    private const string Mine = "Waiide gateway";

    // An exporter may ask every second, and /metrics besides; a look costs milliseconds for each process.
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(15);

    private readonly GatewayOptions _options;
    private readonly IdeHome _home;
    private readonly TimeProvider _clock;
    private readonly ContainerMemory? _container = ContainerMemory.Find();
    private readonly Lock _looking = new();
    private (long Used, long At)? _last;

    public MemoryMeter(GatewayOptions options, IdeHome home, IMeterFactory meters, TimeProvider clock)
    {
        (_options, _home, _clock) = (options, home, clock);
        if (IsPossible)
        {
            var meter = meters.Create(GatewayMetrics.MeterName);
            meter.CreateObservableGauge("waiide.memory.used", UsedLately, "By", "Memory used by the gateway, the IDE and what runs in its terminals.");
            meter.CreateObservableGauge("waiide.memory.limit", () => Limits() is [var (_, limit, _), ..] ? limit : 0, "By", "The memory limit of this server; 0: none.");
        }
    }

    /// <summary>False where the IDE is attached: its processes are not ours to see.</summary>
    public bool IsPossible => _options.IdeUrl is null;

    /// <summary>Whether anybody has set a limit.</summary>
    public bool HasLimit => _options.MemoryLimit is not null || _container is not null;

    /// <summary>
    /// The whole truth. A process counts with its proportional share (PSS): what several processes have in common, as the copies of Node.js do, counts once. With two tabs open
    /// the resident sizes of the IDE's ten processes add up to 1,200 MB where 730 MB are used.
    /// </summary>
    public MemoryUse Now()
    {
        var processes = Processes(ProportionalBytes);
        var sum = processes.Sum(process => process.Bytes);

        // Where there are two limits, what counts is the one that is nearer.
        var (from, limit, used) = Limits().Select(known => (known.From, Limit: (long?)known.Limit, Used: known.Used ?? sum)).DefaultIfEmpty((From: null!, Limit: null, Used: sum)).MaxBy(known => (double)known.Used / known.Limit ?? 0);
        return new MemoryUse(used, limit, from, processes);
    }

    /// <summary>
    /// Whether <see cref="Now"/> could say that more than <paramref name="share"/> is used. Resident sizes cost microseconds where proportional ones cost milliseconds for each process,
    /// and are never smaller: while even those of the <paramref name="run"/> are few, nobody has to look closer.
    /// </summary>
    public bool MayExceed(double share, IReadOnlyList<ProcessUse> run) =>
        Limits().Any(known => (known.Used ?? run.Sum(use => use.ResidentBytes) + Environment.WorkingSet) >= share * known.Limit);

    private long UsedLately()
    {
        lock (_looking)
        {
            if (_last is not { } last || _clock.GetElapsedTime(last.At) >= Fresh)
            {
                _last = last = (Now().Used, _clock.GetTimestamp());
            }

            return last.Used;
        }
    }

    // The kernel keeps the account of its own limit; that of MEM_LIMIT is ours to keep.
    private List<(string From, long Limit, long? Used)> Limits()
    {
        var limits = new List<(string, long, long?)>();
        if (_options.MemoryLimit is { } said)
        {
            limits.Add(("MEM_LIMIT", said, null));
        }

        if (_container is not null)
        {
            limits.Add(("container", _container.Limit, _container.Used()));
        }

        return limits;
    }

    private List<MemoryUse.Process> Processes(Func<ProcessUse, long> bytes) =>
    [
        .. _home.Measure().Append(ProcessUse.Of(Environment.ProcessId)!)
            .Select(use => new MemoryUse.Process(use.Id, use.Id == Environment.ProcessId ? Mine : NameOf(use), bytes(use)))
            .OrderByDescending(process => process.Bytes),
    ];

    // "Pss:              102290 kB" (proc_pid_smaps_rollup). Null where the kernel does not say.
    private static long ProportionalBytes(ProcessUse use)
    {
        try
        {
            var line = File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{use.Id}/smaps_rollup")).FirstOrDefault(line => line.StartsWith("Pss:", StringComparison.Ordinal));
            return line is null ? use.ResidentBytes : long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return use.ResidentBytes;
        }
    }

    // All of the IDE calls itself "MainThread". Of the command line only VS Code's own word for the part is shown: the rest may hold secrets.
    private static string NameOf(ProcessUse use) => VsCodeProcess.TypeOf(use.Id) is { } type ? $"VS Code {type}" : use.Name;
}
