namespace Waiide.Gateway;

/// <summary>Why a WebSocket through this gateway ended, from what the gateway itself has seen. <see cref="EndReasons"/> has the words.</summary>
internal enum EndReason
{
    ClientClosed,
    ClientVanished,
    UpstreamClosed,
    UpstreamVanished,
    UpstreamRefused,
    TurnedAway,
    IdeEnded,
    IdeRestarted,
    IdeLost,
    MemoryGuard,
    TooMany,
    Quiet,
    IdleStop,
    GatewayStopping,
    SignedOut,
    SessionExpired,
    LoginRevoked,
    AccessWithdrawn,
    HubSilent,
    GatewayFailed,
}

/// <summary>The one table of the reasons: what they are called in metrics and spans, what people are told, and what a close frame of the gateway's says.</summary>
internal static class EndReasons
{
    /// <summary>RFC 6455's codes, as browsers show them in CloseEvent.code.</summary>
    internal const ushort GoingAway = 1001;

    /// <summary>Whoever opened it may no longer have it open.</summary>
    internal const ushort PolicyViolation = 1008;

    /// <summary>One reason.</summary>
    /// <param name="Name">In metrics, spans and /api/status.</param>
    /// <param name="Sentence">For people. {upstream} is "The IDE server" or the like; {detail} a code, a time, or nothing.</param>
    /// <param name="By">Who ended it.</param>
    /// <param name="Code">Of the gateway's close frame; 0: the gateway sends none.</param>
    /// <param name="Words">In that frame, at most 40 letters.</param>
    internal sealed record Row(EndReason Reason, string Name, Party By, string Sentence, ushort Code = 0, string Words = "")
    {
        /// <summary>Somebody lost a connection that they wanted, and nothing had been announced.</summary>
        internal bool IsTrouble => Reason is EndReason.UpstreamVanished or EndReason.UpstreamRefused or EndReason.TurnedAway or EndReason.IdeEnded or EndReason.IdeLost or EndReason.MemoryGuard or EndReason.TooMany or EndReason.GatewayFailed;

        /// <summary>The IDE server is another one since, and knows none of the windows of this one.</summary>
        internal bool EndsTheServer => Reason is EndReason.IdeEnded or EndReason.IdeRestarted or EndReason.IdeLost or EndReason.IdleStop or EndReason.GatewayStopping;

        /// <summary>People want to know why. A close by the browser or by the IDE server is how each WebSocket ends that is no longer needed.</summary>
        internal bool IsNews => By != Party.Client && Reason != EndReason.UpstreamClosed;
    }

    /// <summary>In the order of the enum.</summary>
    internal static IReadOnlyList<Row> Table { get; } =
    [
        new(EndReason.ClientClosed, "client_closed", Party.Client, "The browser closed it{detail}."),
        new(EndReason.ClientVanished, "client_vanished", Party.Client, "The browser was gone without a close frame: its tab, its machine or the network between ended."),
        new(EndReason.UpstreamClosed, "upstream_closed", Party.Upstream, "{upstream} closed it{detail}."),
        new(EndReason.UpstreamVanished, "upstream_vanished", Party.Upstream, "{upstream} cut it without a close frame."),
        new(EndReason.UpstreamRefused, "upstream_refused", Party.Upstream, "{upstream} did not accept it{detail}."),
        new(EndReason.TurnedAway, "turned_away", Party.Upstream, "The IDE server did not know this window any more: it was away for too long, or the server has been started anew since."),
        new(EndReason.IdeEnded, "ide_ended", Party.Upstream, "The IDE server's process ended{detail}."),
        new(EndReason.IdeRestarted, "ide_restarted", Party.Upstream, "The IDE server was started again because somebody asked for it."),
        new(EndReason.IdeLost, "ide_lost", Party.Upstream, "The IDE server, which is run apart from the gateway, no longer answered."),
        new(EndReason.MemoryGuard, "memory_guard", Party.Gateway, "Memory was almost gone while this window's browser was away, so the memory guard had ended its extensions."),
        new(EndReason.TooMany, "too_many", Party.Gateway, "The gateway had as many connections open as it allows{detail}."),
        new(EndReason.Quiet, "quiet", Party.Gateway, "Nothing was said on it for a day."),
        new(EndReason.IdleStop, "idle_stop", Party.Gateway, "The IDE server was stopped because nobody used it{detail}.", GoingAway, "Stopped because unused."),
        new(EndReason.GatewayStopping, "gateway_stopping", Party.Gateway, "The gateway was stopped.", GoingAway, "The gateway is stopping."),
        new(EndReason.SignedOut, "signed_out", Party.Gateway, "You have signed out.", PolicyViolation, "You have signed out."),
        new(EndReason.SessionExpired, "session_expired", Party.Gateway, "Your session has expired.", PolicyViolation, "Your session has expired."),
        new(EndReason.LoginRevoked, "login_revoked", Party.Gateway, "Your login is no longer valid: the hub has taken it back.", PolicyViolation, "Your login is no longer valid."),
        new(EndReason.AccessWithdrawn, "access_withdrawn", Party.Gateway, "Your access to this server was withdrawn.", PolicyViolation, "Your access was withdrawn."),
        new(EndReason.HubSilent, "hub_silent", Party.Gateway, "The hub has not answered for a day, so nobody could say whether you may still have it open.", PolicyViolation, "The hub has not answered for a day."),
        new(EndReason.GatewayFailed, "gateway_failed", Party.Gateway, "The gateway could not pass it on{detail}."),
    ];

    internal static Row Entry(this EndReason reason) => Table[(int)reason];

    /// <summary>Whose doing an end is.</summary>
    internal enum Party
    {
        Client,
        Upstream,
        Gateway,
    }
}

/// <summary>Why one connection ended.</summary>
/// <param name="Detail">What goes into the sentence, with the space or the comma before it; "": nothing.</param>
internal readonly record struct Ending(EndReason Reason, string Detail = "")
{
    /// <summary>For people; <paramref name="upstream"/> begins it, as "The IDE server".</summary>
    internal string Sentence(string upstream) => Reason.Entry().Sentence.Replace("{upstream}", upstream, StringComparison.Ordinal).Replace("{detail}", Detail, StringComparison.Ordinal);
}
