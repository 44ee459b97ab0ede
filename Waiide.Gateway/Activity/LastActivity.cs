namespace Waiide.Gateway.Activity;

/// <summary>When this server was last used, in the sense of WAIIDE_ACTIVITY; its start counts.</summary>
internal sealed partial class LastActivity(GatewayOptions options, TimeProvider clock, ILogger<LastActivity> logger)
{
    private readonly ActivityPolicy _policy = UseRule.PolicyOf(options);
    private long _stamp = clock.GetTimestamp();
    private int _warned;

    /// <summary>The moment in the clock's own ticks, which no change of the time of day moves.</summary>
    public long Stamp => Interlocked.Read(ref _stamp);

    /// <summary>The moment as a time of day, never in the future, wherever the wall clock has been set to meanwhile.</summary>
    public DateTimeOffset Time => clock.GetUtcNow() - clock.GetElapsedTime(Stamp);

    public void Saw(Sight sight)
    {
        if (_policy.Counts(sight))
        {
            Interlocked.Exchange(ref _stamp, clock.GetTimestamp());
        }
    }

    /// <summary>To watch a WebSocket to the IDE, opened for <paramref name="target"/>.</summary>
    public SocketUse OfIdeSocket(string target) =>
        _policy == ActivityPolicy.Browser ? SocketUse.OfUnknown(Saw) : SocketUse.OfVsCode(target, clock, Saw, Complain);

    /// <summary>To watch a WebSocket to a port of the person's own.</summary>
    public SocketUse OfPortSocket(HttpContext context) =>
        _policy == ActivityPolicy.Browser || Requests.IsOfAProgram(context.User) ? SocketUse.OfUnknown(Saw) : SocketUse.OfPage(Saw, Complain);

    private void Complain(string reason)
    {
        if (Interlocked.Exchange(ref _warned, 1) == 0)
        {
            Log.NotUnderstood(logger, reason);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "What a browser says in a WebSocket is not understood ({Reason}): as long as such a tab is open, this server counts as used.")]
        public static partial void NotUnderstood(ILogger logger, string reason);
    }
}
