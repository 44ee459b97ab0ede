using System.Collections.Immutable;
using System.Globalization;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Dcp.Containers;

/// <summary>A container that runs: its output is followed to its end, which comes by itself, by <see cref="StopAsync"/> or from outside.</summary>
internal sealed class OwnedContainer : ILaunched
{
    /// <summary>How long a container that was asked to stop has until it is killed, in seconds.</summary>
    public const string StopPatience = "10";

    // What the orchestrator of Aspire says of a container that somebody removed.
    private const int UnknownExitCode = -1;

    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly ContainerEngine _engine;
    private readonly string _name;
    private readonly bool _isPersistent;
    private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Follows a container that was started; <paramref name="since"/>: what it printed earlier is known.</summary>
    public OwnedContainer(ContainerEngine engine, ContainerState container, bool isPersistent, DateTimeOffset? since, Action<string, bool> onLine)
    {
        _engine = engine;
        _name = container.Name;
        _isPersistent = isPersistent;
        StartedAt = container.StartedAt;
        Properties = [new("container.id", container.Id), new("container.ports", container.PublishedPorts.Select(port => $"{port.Value}:{port.Key}").ToImmutableArray())];
        string[] from = since is null ? [] : ["--since", since.Value.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)];
        Exited = Task.Run(() => WatchAsync(["logs", "--follow", .. from, _name], onLine));
    }

    public DateTime StartedAt { get; }

    public Task<int> Exited { get; }

    public ImmutableArray<ResourcePropertySnapshot> Properties { get; }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        // With its patience in words: without, some engines kill at once.
        var stop = _engine.TryAsync(["stop", "-t", StopPatience, _name], CancellationToken.None);
        var answer = await stop.WaitAsync(cancellationToken).ConfigureAwait(false);
        if (!answer.IsSuccess && !Exited.IsCompleted && (await ContainerState.FindAsync(_engine, _name, cancellationToken).ConfigureAwait(false))?.IsRunning == true)
        {
            throw new ContainerEngineException($"'{_name}' could not be stopped. {_engine.Name}: {answer.Complaint}");
        }

        await Exited.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    public async Task ReleaseAsync(CancellationToken cancellationToken)
    {
        if (!_isPersistent)
        {
            await StopAsync(cancellationToken).ConfigureAwait(false);
            return;
        }

        _release.TrySetResult();
        await ((Task)Exited).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task<int> WatchAsync(string[] followLog, Action<string, bool> onLine)
    {
        using var letGo = new CancellationTokenSource();
        var output = _engine.FollowAsync(followLog, onLine, letGo.Token);
        try
        {
            var exitCode = ExitCodeAsync(letGo.Token);
            if (await Task.WhenAny(exitCode, _release.Task).ConfigureAwait(false) != exitCode)
            {
                await letGo.CancelAsync().ConfigureAwait(false);
            }

            return await exitCode.ConfigureAwait(false);
        }
        finally
        {
            // The log ends with the container; one that does not cannot hold us.
            letGo.CancelAfter(DrainLimit);
            await ((Task)output).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<int> ExitCodeAsync(CancellationToken letGo)
    {
        while (true)
        {
            var lines = new List<string>();
            await _engine.FollowAsync(["wait", _name], (line, _) => lines.Add(line), letGo).ConfigureAwait(false);
            if (int.TryParse(lines.LastOrDefault(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var exitCode))
            {
                return exitCode;
            }

            if (await IsGoneAsync(letGo).ConfigureAwait(false))
            {
                return UnknownExitCode;
            }

            await Task.Delay(Pause, letGo).ConfigureAwait(false);
        }
    }

    // An engine that is busy or being restarted does not end a container's life; only its absence does.
    private async Task<bool> IsGoneAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await ContainerState.FindAsync(_engine, _name, cancellationToken).ConfigureAwait(false) is null;
        }
        catch (ContainerEngineException)
        {
            return false;
        }
    }
}
