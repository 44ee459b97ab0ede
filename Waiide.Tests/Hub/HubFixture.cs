using System.Globalization;
using Waiide.Tests.Support;

namespace Waiide.Tests.Hub;

/// <summary>One hub in a process of its own, with the users and servers that the transcripts speak of; the servers are recording stubs.</summary>
public sealed class HubFixture : IAsyncLifetime
{
    private readonly List<StubIde> _stubs = [];
    private ChildProcess _process = null!;

    public const string AliceToken = "alice-server-token-0123456789abcdef";
    public const string AliceEnvOneToken = "alice-env-one-token-0123456789abcdef";
    public const string DaveToken = "dave-server-token-0123456789abcdef";

    public Uri Front { get; private set; } = null!;

    public Uri Api { get; private set; } = null!;

    internal StubIde Alice => _stubs[0];

    internal StubIde AliceEnvOne => _stubs[1];

    internal StubIde Dave => _stubs[2];

    internal StubIde Weird => _stubs[3];

    internal ChildProcess Process => _process;

    public Browser NewBrowser() => new(Front);

    public async Task<Browser> SignedInAsync(string user, string password = "pw")
    {
        var browser = NewBrowser();
        using var answer = await browser.SignInAsync(user, password);
        Assert.Equal(System.Net.HttpStatusCode.Found, answer.StatusCode);
        return browser;
    }

    public async Task InitializeAsync()
    {
        for (var i = 0; i < 4; i++)
        {
            _stubs.Add(await StubIde.StartAsync());
        }

        var (front, api) = (Ports.Free(), Ports.Free());
        Front = new Uri($"http://127.0.0.1:{front}");
        Api = new Uri($"http://127.0.0.1:{api}");
        var settings = new Dictionary<string, string>
        {
            ["Hub__FrontPort"] = front.ToString(CultureInfo.InvariantCulture),
            ["Hub__ApiPort"] = api.ToString(CultureInfo.InvariantCulture),
            ["Hub__Admins"] = "root",
        };
        foreach (var user in new[] { "alice", "bob", "dave", "erin", "hank", "ivan", "root", "we+ird@ex.org" })
        {
            settings[$"Hub__Users__{user}"] = "pw";
        }

        Server(0, "alice", "", Alice.Url, AliceToken);
        Server(1, "alice", "env-one", AliceEnvOne.Url, AliceEnvOneToken);
        Server(2, "dave", "", Dave.Url, DaveToken);
        Server(3, "we+ird@ex.org", "s-é", Weird.Url, "weird-server-token-0123456789abcdef");
        Server(4, "ivan", "", new Uri($"http://127.0.0.1:{Ports.Free()}"), "ivan-server-token-0123456789abcdef");
        _process = ChildProcess.StartDotnet("Waiide.Hub.Mock.dll", settings);
        await _process.WaitForOutput("Sign in at");
        await Eventually.Is(() => _process.Output.Split(" is Ready.").Length == _stubs.Count + 1, "the hub finds its four servers ready");

        void Server(int number, string user, string name, Uri url, string token)
        {
            settings[$"Hub__Servers__{number}__User"] = user;
            settings[$"Hub__Servers__{number}__Name"] = name;
            settings[$"Hub__Servers__{number}__Url"] = url.ToString();
            settings[$"Hub__Servers__{number}__ApiToken"] = token;
        }
    }

    public async Task DisposeAsync()
    {
        await _process.DisposeAsync();
        foreach (var stub in _stubs)
        {
            await stub.DisposeAsync();
        }
    }
}

/// <summary>The tests that share one hub; none of them may change what another relies on.</summary>
[CollectionDefinition(Name)]
public sealed class HubTests : ICollectionFixture<HubFixture>
{
    public const string Name = "hub";
}
