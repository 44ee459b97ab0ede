using System.Text.Json.Nodes;
using Waiide.Gateway.Auth;

namespace Waiide.Tests.Gateway.Auth;

/// <summary>The scope check against what JupyterHub's own check_scopes answered, recorded from two of its versions.</summary>
public class HubScopesTests
{
    public static TheoryData<string, string[], string[], bool> Recorded()
    {
        var data = new TheoryData<string, string[], string[], bool>();
        foreach (var version in new[] { "3.0.0", "6.0.0b2" })
        {
            using var stream = typeof(HubScopesTests).Assembly.GetManifestResourceStream($"scope-vectors-{version}.json")!;
            foreach (var vector in JsonNode.Parse(stream)!["cases"]!.AsArray())
            {
                // Where the hub's code crashed there is no answer to compare with.
                if (vector!["allowed"] is { } allowed)
                {
                    data.Add(version, Texts(vector["required"]!), Texts(vector["have"]!), allowed.GetValue<bool>());
                }
            }
        }

        return data;

        static string[] Texts(JsonNode list) => [.. list.AsArray().Select(text => text!.GetValue<string>())];
    }

    [Theory]
    [MemberData(nameof(Recorded))]
    public void Scopes_reach_a_server_exactly_when_the_hub_says_so(string version, string[] required, string[] held, bool allowed) =>
        Assert.True(allowed == HubScopes.Reach(required, held), $"{version}: {string.Join(' ', held)}");

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
