using System.Text.Json.Nodes;

namespace Waiide.Tests.Conformance;

/// <summary>
/// The comparison notices: every recorded answer equals itself, and no longer does after any single change of what is compared.
/// These are pure functions over the recordings, so that every change to every answer is tried.
/// </summary>
public sealed class MutationTests
{
    public static TheoryData<string> Profiles => ["3.0", "5.5"];

    [Theory]
    [MemberData(nameof(Profiles))]
    public void An_answer_as_recorded_does_not_differ(string profile) =>
        Assert.All(Recorded(profile), exchange => Assert.Empty(Compare(exchange, Whole(exchange))));

    [Theory]
    [MemberData(nameof(Profiles))]
    public void Every_change_of_an_answer_is_noticed(string profile)
    {
        var changes = Recorded(profile).SelectMany(exchange => Mutations.Of(Whole(exchange)).Select(change => (Exchange: exchange, change.What, change.Answer))).ToArray();

        var unnoticed = changes.Where(change => Compare(change.Exchange, change.Answer).Count == 0).Select(change => $"{change.Exchange.Name}: {change.What}").ToArray();
        Assert.True(unnoticed.Length == 0, $"{unnoticed.Length} of {changes.Length} changes go unnoticed:\n{string.Join('\n', unnoticed)}");
        Assert.True(changes.Length > Recorded(profile).Count() * 20, $"Only {changes.Length} changes were tried.");
    }

    /// <summary>One of each kind, and the field that is named.</summary>
    [Theory]
    [InlineData("017-user-noauth", "403 becomes 404", "status")]
    [InlineData("017-user-noauth", "no Content-Type", "content-type")]
    [InlineData("017-user-noauth", "a further header", "retry-after")]
    [InlineData("017-user-noauth", "Content-Type under another name", "content-type")]
    [InlineData("017-user-noauth", "Content-Type longer", "content-type")]
    [InlineData("017-user-noauth", "Content-Type twice", "content-type")]
    [InlineData("017-user-noauth", "a directive that loosens", "content-security-policy")]
    [InlineData("205-login-post", "a further cookie", "set-cookie further")]
    [InlineData("205-login-post", "cookie jupyterhub-hub-login under another name", "set-cookie jupyterhub-hub-login")]
    [InlineData("205-login-post", "cookie jupyterhub-hub-login set or cleared", "set-cookie jupyterhub-hub-login")]
    [InlineData("205-login-post", "cookie jupyterhub-hub-login without HttpOnly", "set-cookie jupyterhub-hub-login")]
    [InlineData("205-login-post", "cookie jupyterhub-hub-login: another Path=/hub/", "set-cookie jupyterhub-hub-login")]
    [InlineData("205-login-post", "cookie jupyterhub-hub-login: further Secure", "set-cookie jupyterhub-hub-login")]
    [InlineData("205-login-post", "JSON instead", "body")]
    [InlineData("203-login-page", "nothing instead of a page", "body")]
    [InlineData("029-user-token", "no body", "body")]
    [InlineData("029-user-token", "no name", "name")]
    [InlineData("029-user-token", "a further key", "further")]
    [InlineData("029-user-token", "name under another name", "name")]
    [InlineData("029-user-token", "name: a longer text", "name")]
    [InlineData("029-user-token", "name: null instead", "name")]
    [InlineData("029-user-token", "admin: the opposite", "admin")]
    [InlineData("029-user-token", "pending no longer null", "pending")]
    [InlineData("029-user-token", "last_activity: a longer text", "last_activity")]
    [InlineData("029-user-token", "roles: a further item", "length of roles")]
    [InlineData("029-user-token", "scopes: another order", "scopes[0]")]
    [InlineData("029-user-token", "servers: : no ready", "servers..ready")]
    [InlineData("029-user-token", "servers: : user_options: kind under another name", "servers..user_options.kind")]
    [InlineData("120-progress-pending", "the first keep-alive", "first keep-alive")]
    [InlineData("120-progress-pending", "no event 1", "length of event")]
    [InlineData("120-progress-pending", "event 1 twice", "length of event")]
    [InlineData("120-progress-pending", "event 1 before event 0", "event[0].progress")]
    [InlineData("120-progress-pending", "event 1: progress: another number", "event[1].progress")]
    public void A_change_is_noticed_where_it_is(string name, string what, string field)
    {
        var exchange = Recorded("3.0").Single(exchange => exchange.Name == name);
        var change = Mutations.Of(Whole(exchange)).Single(change => change.What == what);

        Assert.Contains(field, Compare(exchange, change.Answer).Select(difference => difference.Field));
    }

    [Theory]
    [InlineData("022-token-create-alice", "scopes")] // A token's scopes come out of a set,
    [InlineData("028-token-list", "api_tokens")] // and so do a user's tokens.
    public void What_has_no_order_may_come_in_any(string name, string list)
    {
        var exchange = Recorded("3.0").Single(exchange => exchange.Name == name);
        var json = exchange.Answer.Json!.DeepClone();
        json[list] = new JsonArray([.. json[list]!.AsArray().Reverse().Select(item => item!.DeepClone())]);

        Assert.Empty(Compare(exchange, exchange.Answer with { Json = json }));
    }

    [Fact]
    public void A_token_that_was_given_out_is_the_one_that_has_to_come_back()
    {
        var words = new Vocabulary();
        var login = Recorded("3.0").Single(exchange => exchange.Name == "205-login-post");
        var user = Recorded("3.0").Single(exchange => exchange.Name == "228-user-with-oauth-token");
        Assert.Empty(Comparison.Between(login.Name, login.Answer, login.Answer, words));

        var other = user.Answer.Json!.DeepClone();
        other["session_id"] = new string('0', 32);

        Assert.Equal("session_id", Assert.Single(Comparison.Between(user.Name, user.Answer, user.Answer with { Json = other }, words)).Field);
    }

    [Fact]
    public void A_moment_that_a_request_told_comes_back_to_the_microsecond()
    {
        var words = new Vocabulary();
        var told = Recorded("3.0").Single(exchange => exchange.Name == "048-activity-ok-named");
        var model = Recorded("3.0").Single(exchange => exchange.Name == "070-users-alice-after");
        var sent = words.Translate(told.Request, TimeSpan.FromDays(1)).Body;

        Assert.Contains("2026-11-23T00:29:14.123456Z", sent, StringComparison.Ordinal);
        Assert.Contains(Comparison.Between(model.Name, model.Answer, model.Answer, words), difference => difference.Field == "servers.env-one.last_activity");
    }

    private static IEnumerable<Exchange> Recorded(string profile) => Exchange.Recorded(profile).Where(exchange => exchange.AnsweredBy != AnsweredBy.SingleUser);

    // The recordings have the beginnings of pages only.
    private static Answer Whole(Exchange exchange) =>
        exchange.Answer.Text.Contains("<html", StringComparison.Ordinal) ? exchange.Answer with { Text = "<html><form></form></html>" } : exchange.Answer;

    private static IReadOnlyList<Difference> Compare(Exchange exchange, Answer given) => Comparison.Between(exchange.Name, exchange.Answer, given, new Vocabulary());
}
