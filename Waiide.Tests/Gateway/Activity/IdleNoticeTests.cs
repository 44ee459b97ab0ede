using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Waiide.Gateway;
using Waiide.Gateway.Activity;
using Waiide.Tests.Support;

namespace Waiide.Tests.Gateway.Activity;

public sealed class IdleNoticeTests : IDisposable
{
    private readonly GatewayOptions _options = new() { Activity = ActivityPolicy.Input, IdleTimeout = TimeSpan.FromSeconds(4) };
    private readonly Notices _notices = new();
    private readonly Lifetime _lifetime = new();
    private readonly LastActivity _activity;
    private readonly IdleStop _stop;
    private bool _ideIsStarting;

    public IdleNoticeTests()
    {
        _activity = new LastActivity(_options, TimeProvider.System, NullLogger<LastActivity>.Instance);
        _stop = new IdleStop(_options, _activity, new UserWork(() => _ideIsStarting, () => null), _notices, new Farewell(), _lifetime, TimeProvider.System, NullLogger<IdleStop>.Instance);
    }

    [Fact]
    public async Task The_stop_is_announced_and_the_notice_goes_away_at_once_when_somebody_is_there()
    {
        await _stop.StartAsync(CancellationToken.None);
        await Eventually.Is(() => _notices.Now.Count == 1, "the notice");
        var notice = _notices.Now.Single();
        Assert.Equal("idle", notice.Id);
        Assert.True(notice.IsUrgent);
        Assert.InRange(notice.At!.Value, DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddSeconds(2));
        Assert.False(_lifetime.IsStopped);

        _activity.Saw(Sight.Person);
        await Eventually.Is(() => _notices.Now.Count == 0, "the notice is withdrawn", TimeSpan.FromSeconds(2));
        await Eventually.Is(() => _notices.Now.Count == 1, "it comes again");
        await Eventually.Is(() => _lifetime.IsStopped, "the stop");
    }

    [Fact]
    public async Task An_IDE_that_takes_long_to_start_is_waited_for()
    {
        _ideIsStarting = true;
        await _stop.StartAsync(CancellationToken.None);
        var until = DateTimeOffset.UtcNow.AddSeconds(6);
        await Eventually.Is(() => DateTimeOffset.UtcNow > until, "more than the limit has passed");
        Assert.False(_lifetime.IsStopped);
        Assert.Empty(_notices.Now);
        _ideIsStarting = false;
        await Eventually.Is(() => _lifetime.IsStopped, "the stop");
    }

    [Fact]
    public void The_last_use_is_never_in_the_future_though_the_wall_clock_is_set_back()
    {
        var clock = new WallClock();
        var activity = new LastActivity(_options, clock, NullLogger<LastActivity>.Instance);
        activity.Saw(Sight.Person);
        clock.Set -= TimeSpan.FromHours(3);
        Assert.InRange(activity.Time, clock.GetUtcNow().AddSeconds(-5), clock.GetUtcNow());
    }

    public void Dispose()
    {
        _stop.Dispose();
        _lifetime.Dispose();
    }

    private sealed class WallClock : TimeProvider
    {
        public TimeSpan Set { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Set;
    }

    private sealed class Lifetime : IHostApplicationLifetime, IDisposable
    {
        private readonly CancellationTokenSource _stopping = new();

        public bool IsStopped => _stopping.IsCancellationRequested;

        public CancellationToken ApplicationStarted => CancellationToken.None;

        public CancellationToken ApplicationStopping => _stopping.Token;

        public CancellationToken ApplicationStopped => _stopping.Token;

        public void StopApplication() => _stopping.Cancel();

        public void Dispose() => _stopping.Dispose();
    }
}
