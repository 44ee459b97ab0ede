using Waiide.Hub.Mock.Front;
using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.Faults;

/// <summary>Begins faults, and does what the kinds that are more than a rule for answers do to tokens, routes, ports and the process.</summary>
internal sealed partial class FaultEffects(
    FaultList faults, HubOptions options, HubState state, IRoutes routes, Outages outages, Restart restart, IHostApplicationLifetime lifetime, ILogger<FaultEffects> logger) : IHostedService
{
    // A hub that looks after its routes puts a lost one back; it is to stay lost.
    private static readonly TimeSpan BetweenLosses = TimeSpan.FromMilliseconds(250);

    /// <summary>The faults of the configuration, once there are ports to close.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        Log.Allowed(logger);
        lifetime.ApplicationStarted.Register(() =>
        {
            foreach (var fault in options.Faults.Configured)
            {
                Begin(fault);
            }
        });
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <param name="asked">The request that asks for it; null: the configuration does.</param>
    public ActiveFault Begin(Fault fault, HttpContext? asked = null)
    {
        var active = faults.Begin(fault);
        Log.Begins(logger, new LogText(fault.Name), fault.Kind.Name);
        active.Ended.Register(() => Log.Ends(logger, new LogText(fault.Name), fault.Kind.Name));
        if (fault.Kind == FaultKind.TokenRevoked)
        {
            active.Happened(Revoke(fault));
        }
        else if (fault.Kind == FaultKind.TokenExpired)
        {
            active.Happened(Expire(fault));
        }
        else if (fault.Kind == FaultKind.Unreachable && fault.Text("how") != "silent")
        {
            AfterTheAnswer(() => CloseAsync(port => fault.IsAt(port == options.FrontPort), active.Ended));
        }
        else if (fault.Kind == FaultKind.RouteLost)
        {
            _ = ToItsEndAsync(() => LoseRoutesAsync(active));
        }
        else if (fault.Kind == FaultKind.Restart)
        {
            AfterTheAnswer(() => RestartAsync(fault));
            active.Happened(1);
        }

        return active;

        // Whoever asks is to hear that it was heard.
        void AfterTheAnswer(Func<Task> act)
        {
            if (asked is null)
            {
                _ = ToItsEndAsync(act);
                return;
            }

            asked.Response.OnCompleted(() =>
            {
                _ = ToItsEndAsync(act);
                return Task.CompletedTask;
            });
        }

        // Nobody waits for what a fault does; that it failed is told here or nowhere.
        async Task ToItsEndAsync(Func<Task> act)
        {
            try
            {
                await act();
            }
            catch (Exception failure)
            {
                Log.Failed(logger, failure, new LogText(fault.Name), fault.Kind.Name);
            }
        }
    }

    private int Revoke(Fault fault)
    {
        var count = 0;
        state.Tokens.Revoke(token =>
        {
            var isOne = IsAbout(fault, token);
            count += isOne ? 1 : 0;
            return isOne;
        });
        return count;
    }

    private int Expire(Fault fault)
    {
        var end = DateTimeOffset.UtcNow + faults.ClockSkew + (fault.Seconds("in") ?? TimeSpan.Zero);
        return state.Tokens.Change(token => IsAbout(fault, token), token => token with { ExpiresAt = end });
    }

    private static bool IsAbout(Fault fault, Token token)
    {
        var isOAuth = token.Client is not null;
        return (fault.Text("id") is not { } id || id == token.Id)
            && (fault.Text("user") is not { } user || (token.Owner is User owner && owner.Name == user))
            && (fault.Text("server") is not { } server || IsOf(token, server))
            && fault.Text("tokens") switch { "oauth" => isOAuth, "own" => token.Server is not null, _ => true };

        // Its own token, and those that people got for it.
        static bool IsOf(Token token, string server) => (token.Server ?? token.Client)?.FullName == server;
    }

    // The answer has been written, and needs a moment to leave.
    private async Task CloseAsync(Func<int, bool> ports, CancellationToken until)
    {
        await Task.Delay(BetweenLosses, CancellationToken.None);
        await outages.BeginAsync(ports, until);
    }

    private async Task LoseRoutesAsync(ActiveFault active)
    {
        var servers = state.Servers.Where(active.Fault.IsAbout).ToArray();
        while (active.IsActive)
        {
            foreach (var server in servers)
            {
                await routes.RemoveAsync(server, CancellationToken.None);
            }

            await Task.Delay(BetweenLosses, active.Ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        foreach (var server in servers.Where(server => server is { Url: not null, State: not ServerState.Stopped } or { IsAttached: true }))
        {
            await routes.AddAsync(server, CancellationToken.None);
        }
    }

    private async Task RestartAsync(Fault fault)
    {
        var away = fault.Seconds("away") ?? TimeSpan.FromSeconds(2);
        if (fault.Values["process"]?.GetValue<bool>() ?? options.Database != Database.InMemory)
        {
            await Task.Delay(BetweenLosses, CancellationToken.None);
            restart.Away = away;
            lifetime.StopApplication();
            return;
        }

        // What is in memory would not come back: the hub is away, cuts every connection, and asks for its servers anew, but keeps what it knows.
        using var back = new CancellationTokenSource();
        await CloseAsync(_ => true, back.Token);
        foreach (var server in state.Servers.Where(server => server is { IsAttached: true, State: ServerState.Ready }))
        {
            server.State = ServerState.Spawning;
        }

        await Task.Delay(away, CancellationToken.None);
        await back.CancelAsync();
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Hub:Faults:Enabled: whoever has an administrator's token can make this hub misbehave. Nobody should rely on it.")]
        public static partial void Allowed(ILogger logger);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The fault {Name} ({Kind}) begins.")]
        public static partial void Begins(ILogger logger, LogText name, string kind);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The fault {Name} ({Kind}) is over.")]
        public static partial void Ends(ILogger logger, LogText name, string kind);

        [LoggerMessage(Level = LogLevel.Error, Message = "The fault {Name} ({Kind}) could not do its work.")]
        public static partial void Failed(ILogger logger, Exception failure, LogText name, string kind);
    }
}
