namespace Waiide.Gateway.Ide;

/// <summary>
/// Looks every few seconds at how much memory is used: warns the person in the page, and, before the kernel would pick a process to kill, ends extension hosts that serve nobody and do nothing.
/// </summary>
internal sealed partial class MemoryGuard(MemoryMeter meter, IdeHome home, IdeAddress address, IdeState state, Notices notices, TimeProvider clock, ILogger<MemoryGuard> logger) : BackgroundService
{
    private const string About = "memory";
    private const string AboutEnded = "memory-ended";
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    // Of one processor. An extension host that serves nobody, with its language servers, uses 1 to 5 %.
    private const double Computes = 0.2;

    // How long a person who comes back has to be told why a window lost its place; VS Code itself would not have kept it for longer.
    private static readonly TimeSpan ToBeTold = TimeSpan.FromHours(1);

    // Since when an extension host has been seen without a client, look after look, and how much it had computed at the last.
    private Dictionary<(int Id, long Started), (DateTimeOffset Since, TimeSpan Cpu)> _alone = [];
    private readonly Bystanders _bystanders = new(clock);
    private DateTimeOffset? _endedAt;
    private bool _isWarned;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (meter.HasLimit && await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                Look();
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or FormatException)
            {
                Log.CannotMeasure(logger, failure.Message); // A kernel that tells less than others is no reason to end the gateway.
            }
        }
    }

    private void Look()
    {
        var run = home.Measure(_bystanders);
        var abandoned = Abandoned(run);
        if (_endedAt is { } ended && clock.GetUtcNow() - ended > ToBeTold)
        {
            _endedAt = null;
            notices.Withdraw(AboutEnded);
        }

        if (!_isWarned && !meter.MayExceed(MemoryRule.Soft, run))
        {
            return;
        }

        var use = meter.Now();
        var verdict = MemoryRule.Of(use.Share, _isWarned, abandoned);
        if (verdict.End is { } host)
        {
            var (used, limit) = (MemoryUse.InWords(use.Used), MemoryUse.InWords(use.Limit!.Value));
            Log.Ends(logger, host.Process.Id, (int)host.For.TotalSeconds, used, limit);
            home.End(host.Process);
            state.MemoryGuardEndedExtensions();
            _endedAt = clock.GetUtcNow();
            notices.Show(new Notice(
                AboutEnded,
                $"Memory was almost gone ({used} of {limit}), so the extensions of a window whose browser had been gone for {(int)Math.Max(1, host.For.TotalMinutes)} min were ended. That window asks to be reloaded when it comes back. Files, terminals and kernels were left alone.",
                IsUrgent: false,
                At: null,
                clock.GetUtcNow()));
        }

        Tell(verdict.Notice, use);
    }

    private void Tell(MemoryRule.Notice notice, MemoryUse use)
    {
        var (used, limit) = (MemoryUse.InWords(use.Used), MemoryUse.InWords(use.Limit!.Value));
        if (notice == MemoryRule.Notice.None)
        {
            if (_isWarned)
            {
                Log.Calm(logger, used, limit);
            }

            _isWarned = false;
            notices.Withdraw(About);
            return;
        }

        if (!_isWarned)
        {
            Log.Full(logger, used, limit);
        }

        _isWarned = true;
        // Numbers in the text change at every look: the page shows the same notice with another text.
        var largest = string.Join(", ", use.Processes.Take(3).Select(process => $"{process.Name} {MemoryUse.InWords(process.Bytes)}"));
        var isUrgent = notice == MemoryRule.Notice.AlmostGone;
        notices.Show(new Notice(
            About,
            $"{(isUrgent ? $"Memory is almost gone: {used} of {limit} are used, and beyond that programs are ended without a question. Save your work, and" : $"This server uses {used} of its {limit} of memory. To keep it from running out,")} "
            + $"close programs in terminals, large files and extensions that you do not need. The largest: {largest}.",
            isUrgent,
            At: null,
            clock.GetUtcNow()));
    }

    private List<MemoryRule.Abandoned> Abandoned(IReadOnlyList<ProcessUse> run)
    {
        var now = clock.GetUtcNow();
        var seen = new Dictionary<(int Id, long Started), (DateTimeOffset Since, TimeSpan Cpu)>();
        var abandoned = new List<MemoryRule.Abandoned>();
        var hosts = run.Where(process => process.Terminal == 0 && VsCodeProcess.TypeOf(process.Id) == VsCodeProcess.ExtensionHost).ToList();

        // Without one nobody reads the connections: they are those of the whole machine, which other servers share.
        if (hosts.Count > 0 && address.Now is { } place && VsCodeProcess.ConnectionsOf(place) is { } connections)
        {
            foreach (var host in hosts.Where(host => VsCodeProcess.HasClient(host.Id, connections) == false))
            {
                // A child's time goes over to its parent when it ends.
                var cpu = UserProcesses.Family(host, run).Aggregate(TimeSpan.Zero, (sum, process) => sum + process.Cpu + process.EndedChildrenCpu);
                var before = _alone.GetValueOrDefault((host.Id, host.Started), (Since: now, Cpu: cpu));
                abandoned.Add(new MemoryRule.Abandoned(host, now - before.Since, Works: cpu - before.Cpu >= Interval * Computes || UserProcesses.AreBelow(host, run)));
                seen[(host.Id, host.Started)] = (before.Since, cpu);
            }
        }

        _alone = seen; // Whoever had a client in between begins anew.
        return abandoned;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "{Used} of {Limit} of memory are used.")]
        public static partial void Full(ILogger logger, string used, string limit);

        [LoggerMessage(Level = LogLevel.Information, Message = "There is room again: {Used} of {Limit} of memory are used.")]
        public static partial void Calm(ILogger logger, string used, string limit);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Extension host {Id} is ended: its browser has been gone for {Seconds} s or more, nothing of the user's runs below it, and {Used} of {Limit} of memory are used. Its window asks to be reloaded when it comes back.")]
        public static partial void Ends(ILogger logger, int id, int seconds, string used, string limit);

        [LoggerMessage(Level = LogLevel.Warning, Message = "How much memory is used cannot be measured: {Problem}")]
        public static partial void CannotMeasure(ILogger logger, string problem);
    }
}
