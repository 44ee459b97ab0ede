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
