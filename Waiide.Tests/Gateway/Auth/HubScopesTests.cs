using System.Text.Json.Nodes;
using Waiide.Gateway.Auth;

namespace Waiide.Tests.Gateway.Auth;

/// <summary>The scope check against what JupyterHub's own check_scopes answered, recorded from two of its versions.</summary>
public class HubScopesTests
{
    private static readonly string[] Versions = ["3.0.0", "6.0.0b2"];

    public static TheoryData<string, string[], string[], bool> Recorded()
    {
        var data = new TheoryData<string, string[], string[], bool>();
        foreach (var version in Versions)
        {
            foreach (var vector in Vectors(version))
            {
                data.Add(version, Texts(vector["required"]!), Texts(vector["have"]!), Verdict(vector));
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Recorded))]
    public void Scopes_reach_a_server_exactly_when_the_hub_says_so(string version, string[] required, string[] held, bool allowed) =>
        Assert.True(allowed == HubScopes.Reach(required, held), $"{version}: {string.Join(' ', held)}");

    [Fact]
    public void Both_recordings_are_whole_and_ask_the_same_questions()
    {
        var questions = Versions.Select(version => Vectors(version).Select(vector => $"{vector["required"]!.ToJsonString()} {vector["have"]!.ToJsonString()}").Order(StringComparer.Ordinal).ToArray()).ToArray();
        Assert.Equal(44, questions[0].Length);
        Assert.Equal(questions[0], questions[1]);
        Assert.Equal(88, Recorded().Count);
    }

    private static JsonNode[] Vectors(string version)
    {
        using var stream = typeof(HubScopesTests).Assembly.GetManifestResourceStream($"scope-vectors-{version}.json")!;
        return [.. JsonNode.Parse(stream)!["cases"]!.AsArray().OfType<JsonNode>()];
    }

    // Where one version's code crashed, the other's answer counts; no question made both crash.
    private static bool Verdict(JsonNode vector) =>
        (vector["allowed"] ?? Versions.SelectMany(Vectors).Single(other =>
            other["allowed"] is not null && JsonNode.DeepEquals(other["required"], vector["required"]) && JsonNode.DeepEquals(other["have"], vector["have"]))["allowed"]!).GetValue<bool>();

    private static string[] Texts(JsonNode list) => [.. list.AsArray().Select(text => text!.GetValue<string>())];

    [Fact]
    public void Who_may_use_all_servers_of_a_user_may_use_each() =>
        Assert.True(HubScopes.Reach(["access:servers!server=ada/lab"], ["access:servers!user=ada"]));

    [Theory]
    [InlineData("admin:servers")]
    [InlineData("access:servers!user=Ada")]
    [InlineData("access:servers!user=ad")]
    [InlineData("access:servers!server=ada/lab2")]
    [InlineData("access:servers!group=ada")]
    [InlineData("access")]
    [InlineData("")]
    public void Nothing_near_it_will_do(string held) => Assert.False(HubScopes.Reach(["access:servers!server=ada/lab", "access:servers!user=ada"], [held]));
}
