using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Waiide.Tests.Support;

namespace Waiide.Tests.Hub;

/// <summary>A hub that cannot start says why, once, in the words of whoever set it up.</summary>
public sealed class SettingsTests
{
    [Fact]
    public async Task All_mistakes_are_told_at_once_and_no_secret_with_them()
    {
        var output = await FailAsync(new()
        {
            ["Hub__FrontPort"] = "eighty",
            ["Hub__Address"] = "localhost",
            ["Hub__BaseUrl"] = "/a b/",
            ["Hub__PublicUrl"] = "hub.example.org",
            ["Hub__Profile"] = "2.0",
            ["Hub__Users__ada"] = "password-of-ada",
            ["Hub__Users__eve"] = "",
            ["Hub__Admins"] = "ada,mallory",
            ["Hub__Servers__0__User"] = "nobody",
            ["Hub__Database"] = "hub.db",
            ["Hub__Servers__0__Url"] = "localhost:8070",
            ["Hub__Servers__0__ApiToken"] = "tooshort",
            ["Hub__Servers__1__User"] = "ada",
            ["Hub__Servers__1__Name"] = "a/b",
            ["Hub__Servers__1__Url"] = "http://localhost:8070",
            ["Hub__Servers__1__ApiToken"] = "token-of-ada-0123456789",
            ["Hub__Groups__team"] = "ada,..",
            ["Hub__Spawner__DeniedPorts"] = "5432,0",
            ["Hub__Services__0__Name"] = "cull",
            ["Hub__Services__0__ApiToken"] = "token-of-cull-0123456789",
            ["Hub__Services__1__Name"] = "cull",
            ["Hub__Services__1__ApiToken"] = "token-of-cull-9876543210",
            ["Hub__Services__2__Name"] = "copy",
            ["Hub__Services__2__ApiToken"] = "token-of-cull-0123456789",
        });

        foreach (var setting in new[]
        {
            "Hub:FrontPort is 'eighty'", "Hub:Address is 'localhost'", "Hub:BaseUrl is '/a b/'", "Hub:PublicUrl is 'hub.example.org'", "Hub:Profile is '2.0'; the versions to choose from are 3.0, 4.1, 5.5, 6.0.",
            "Hub:Database is 'hub.db'; set a full path, such as ", "Hub:Users:eve has no password", "Hub:Admins names 'mallory'", "Hub:Servers:0:User is 'nobody'", "Hub:Servers:0:Url is 'localhost:8070'", "Hub:Servers:0:ApiToken is missing or shorter",
            "Hub:Servers:1:Name 'a/b' contains a slash", "Hub:Groups:team names '..', which cannot be a segment of a path.",
            "Hub:Spawner:DeniedPorts has '0'; set numbers from 1 to 65535", "Hub:Services:1:Name is 'cull', as another service's", "Hub:Services:2:ApiToken is another service's too",
        })
        {
            Assert.Contains(setting, output, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("password-of-ada", output, StringComparison.Ordinal);
        Assert.DoesNotContain("token-of-cull", output, StringComparison.Ordinal);
        Assert.DoesNotContain("token-of-ada", output, StringComparison.Ordinal);
        Assert.DoesNotContain("tooshort", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Servers_that_would_share_an_identity_are_a_mistake()
    {
        var output = await FailAsync(new()
        {
            ["Hub__Users__a"] = "pw",
            ["Hub__Users__a-b"] = "pw",
            ["Hub__Servers__0__User"] = "a",
            ["Hub__Servers__0__Name"] = "b",
            ["Hub__Servers__0__Url"] = "http://localhost:1",
            ["Hub__Servers__0__ApiToken"] = "token-0123456789-0",
            ["Hub__Servers__1__User"] = "a-b",
            ["Hub__Servers__1__Url"] = "http://localhost:2",
            ["Hub__Servers__1__ApiToken"] = "token-0123456789-1",
        });
        Assert.Equal("Hub:Servers:1 has the OAuth client id jupyterhub-user-a-b, as another server has; give it another Name.", output);
    }

    [Theory]
    [InlineData("FrontPort")]
    [InlineData("ApiPort")]
    public async Task A_port_that_is_taken_is_named_with_its_setting(string setting)
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var taken = ((IPEndPoint)other.LocalEndpoint).Port;
        var settings = new Dictionary<string, string> { ["Hub__Database"] = ":memory:", ["Hub__Users__ada"] = "pw", ["Hub__FrontPort"] = Free(), ["Hub__ApiPort"] = Free() };
        settings["Hub__" + setting] = taken.ToString(CultureInfo.InvariantCulture);

        var output = await FailAsync(settings);

        Assert.Equal($"Port {taken} is in use by another program: stop that, or set Hub:{setting} to a free port.", output.Split('\n')[^1]);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);

        static string Free() => Ports.Free().ToString(CultureInfo.InvariantCulture);
    }

    private static async Task<string> FailAsync(Dictionary<string, string> settings)
    {
        await using var process = ChildProcess.StartDotnet("Waiide.Hub.Mock.dll", settings);
        Assert.Equal(1, await process.WaitForExit());
        return process.Output;
    }
}
