using Waiide.Hub.Mock;
using Waiide.Hub.Mock.OAuth;
using Waiide.Hub.Mock.State;

namespace Waiide.Tests.Hub;

/// <summary>How long sessions and codes last, told by a clock that a test can turn.</summary>
public sealed class SessionTests
{
    private readonly Clock _clock = new();
    private readonly HubState _state;
    private readonly AuthorizationCodes _codes;
    private readonly User _ada;
    private readonly Server _server;

    public SessionTests()
    {
        var options = new HubOptions { Users = [new UserOptions("ada", "pw", IsAdmin: false)] };
        _state = new HubState(options, _clock, new Store(options));
        _codes = new AuthorizationCodes(_state, _clock);
        _ada = _state.FindUser("ada")!;
        _server = _state.AddServer(_ada, "");
        _state.Admit(_server);
    }

    [Fact]
    public void A_session_lasts_two_weeks()
    {
        var session = _state.OpenSession(_ada, "login");
        _clock.Advance(TimeSpan.FromDays(14) - TimeSpan.FromSeconds(1));
        Assert.Equal(session, _state.FindSession("login"));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(_state.FindSession("login"));
    }

    [Fact]
    public void A_session_ends_with_its_user_and_is_not_the_next_ones_of_that_name()
    {
        _state.OpenSession(_ada, "login");
        _state.RemoveUser(_ada);
        Assert.Null(_state.FindSession("login"));
        _state.AddUser("ada", isAdmin: true);
        Assert.Null(_state.FindSession("login"));
    }

    [Fact]
    public void A_code_lasts_five_minutes()
    {
        var code = _codes.Issue(_server, _state.OpenSession(_ada, "login"), codeChallenge: null);
        _clock.Advance(TimeSpan.FromSeconds(299));
        Assert.NotNull(_codes.Find(code));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(_codes.Find(code));
    }

    [Fact]
    public void A_code_for_the_last_run_of_a_server_is_none_for_the_next()
    {
        var code = _codes.Issue(_server, _state.OpenSession(_ada, "login"), codeChallenge: null);
        _state.Admit(_server);
        Assert.Null(_codes.Find(code));
    }

    [Fact]
    public void A_code_ends_with_the_session_that_it_was_given_in()
    {
        var session = _state.OpenSession(_ada, "login");
        var other = _state.OpenSession(_ada, "another login");
        var (lost, kept) = (_codes.Issue(_server, session, codeChallenge: null), _codes.Issue(_server, other, codeChallenge: null));
        _state.CloseSession(session);
        Assert.Null(_codes.Find(lost));
        Assert.NotNull(_codes.Find(kept));
    }

    private sealed class Clock : TimeProvider
    {
        private DateTimeOffset _now = new(2026, 11, 22, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => _now;

        public void Advance(TimeSpan time) => _now += time;
    }
}
