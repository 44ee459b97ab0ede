using Microsoft.Extensions.Logging.Abstractions;
using Waiide.Gateway;
using Waiide.Tests.Support;

namespace Waiide.Tests.Gateway.Telemetry;

/// <summary>What a window is told of a connection that was lost, where the last thing that happened to it is that it was turned away.</summary>
public sealed class ConnectionsTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly DataDirectory _data;
    private readonly Connections _book;

    public ConnectionsTests()
    {
        _data = DataDirectory.Open(_directory.Path);
        _book = new Connections(new EndedConnectionsFile(_data, NullLogger<EndedConnectionsFile>.Instance), TimeProvider.System);
    }

    public void Dispose()
    {
        _data.Dispose();
        _directory.Dispose();
    }

    [Theory]
    [InlineData(nameof(EndReason.IdeEnded))]
    [InlineData(nameof(EndReason.IdeRestarted))]
    [InlineData(nameof(EndReason.IdeLost))]
    [InlineData(nameof(EndReason.IdleStop))]
    [InlineData(nameof(EndReason.GatewayStopping))]
    public void What_ended_the_server_that_knew_it_is_told_though_it_was_refused_meanwhile(string reason)
    {
        Ended(reason, minutesAgo: 9);
        Ended(nameof(EndReason.UpstreamRefused), minutesAgo: 8);
        Ended(nameof(EndReason.TurnedAway), minutesAgo: 7);
        Ended(nameof(EndReason.TurnedAway), minutesAgo: 6);

        Assert.Equal(reason, Told());
    }

    [Theory]
    [InlineData(nameof(EndReason.ClientVanished))]
    [InlineData(nameof(EndReason.SessionExpired))]
    [InlineData(nameof(EndReason.UpstreamVanished))]
    public void What_left_the_server_as_it_was_is_not(string reason)
    {
        Ended(nameof(EndReason.IdeEnded), minutesAgo: 9);
        Ended(reason, minutesAgo: 8);
        Ended(nameof(EndReason.TurnedAway), minutesAgo: 7);

        Assert.Equal(nameof(EndReason.TurnedAway), Told());
    }

    [Theory]
    [InlineData("carol", "ide", "mine", 9)]
    [InlineData("ada", "port", "mine", 9)]
    [InlineData("ada", "ide", "anothers", 9)]
    [InlineData("ada", "ide", null, 9)]
    [InlineData("ada", "ide", "mine", (24 * 60) + 1)]
    public void What_was_anothers_or_is_no_news_any_more_is_not_told(string user, string kind, string? window, int minutesAgo)
    {
        Ended(nameof(EndReason.IdleStop), minutesAgo, user, kind, window);
        Ended(nameof(EndReason.TurnedAway), minutesAgo: 7);

        Assert.Equal(nameof(EndReason.TurnedAway), Told());
    }

    private void Ended(string reason, int minutesAgo, string user = "ada", string kind = "ide", string? window = "mine")
    {
        var at = DateTimeOffset.UtcNow.AddMinutes(-minutesAgo);
        _book.Write(new EndedConnection("0", user, kind, null, at, at, 0, 0, Enum.Parse<EndReason>(reason), reason, null, window));
    }

    private string? Told() => _book.LostBy("ada", new HashSet<string> { "mine" })?.Sentence;
}
