using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Waiide.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Waiide.Tests.Hub;

/// <summary>Three users and five servers at once, each with VS Code: over the network they are apart.</summary>
public sealed class ManyUsersTests(ManyUsers users) : IClassFixture<ManyUsers>
{
    private const string Hers = "/user/ada/";
    private const string His = "/user/bob/";

    private RunningHub Hub => users.Hub;

    [SkippableFact]
    public async Task Each_server_has_a_port_a_token_and_a_folder_of_its_own_that_only_the_hubs_user_can_enter()
    {
        await users.AreRunningAsync();
        var told = ManyUsers.Servers.Select(users.EnvironmentOf).ToArray();

        Assert.All(["PORT", "WAIIDE_DATA_DIR", "JUPYTERHUB_API_TOKEN", "JUPYTERHUB_CLIENT_ID", "JUPYTERHUB_SERVICE_PREFIX"], name => Assert.Equal(5, told.Select(environment => environment[name]).Distinct().Count()));
        Assert.Equal(["ada", "bob", "cleo"], told.Select(environment => Path.GetFileName(Path.GetDirectoryName(environment["HOME"])!)).Distinct());
        foreach (var folder in told.Select(environment => environment["WAIIDE_DATA_DIR"]))
        {
            Assert.True(Directory.Exists(Path.Combine(folder, "user-data", "Machine")) || Directory.Exists(Path.Combine(folder, "user-data", "User")), $"VS Code keeps what is its own in {folder}");
            for (var above = new DirectoryInfo(folder); above.FullName.Length > Hub.Folder.Length; above = above.Parent!)
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, above.UnixFileMode);
            }
        }
    }

    [SkippableFact]
    public async Task Cookies_of_one_user_open_nothing_of_anothers()
    {
        await users.AreRunningAsync();
        using var bob = new HttpPerson(Hub.Front);
        await bob.SignIn("bob", "pw", His);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(bob, His + "api/status"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(bob, Hers)); // From the hub, which he was led to.
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(bob, Hers + "lab/"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(bob, "/user/cleo/"));
        Assert.Equal(HttpStatusCode.Unauthorized, await SocketAsync(Hers, bob.Cookies));
        Assert.Equal(HttpStatusCode.Unauthorized, await SocketAsync(Hers + "proxy/3000/", bob.Cookies));

        // The session of one server under the name of another's, and of a sibling's.
        var own = bob.Cookies.GetCookies(new Uri(Hub.Front, His))["jupyterhub-user-bob"]!.Value;
        foreach (var (prefix, name) in new[] { (Hers, "jupyterhub-user-ada"), (His + "lab/", "jupyterhub-user-bob-lab") })
        {
            var renamed = new CookieContainer();
            renamed.Add(new Uri(Hub.Front, prefix), new Cookie(name, own));
            Assert.Equal(HttpStatusCode.Unauthorized, await SocketAsync(prefix, renamed));
            using var browser = Hub.NewBrowser();
            Assert.Equal(HttpStatusCode.Unauthorized, await ManyUsers.StatusAsync(browser, prefix + "version", ("Sec-Fetch-Mode", "cors"), ("Cookie", $"{name}={own}")));
        }

        // A browser is let into a sibling by the hub, which knows who it is, with a session of that server's own.
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(bob, His + "lab/"));
        Assert.NotEqual(own, bob.Cookies.GetCookies(new Uri(Hub.Front, His + "lab/"))["jupyterhub-user-bob-lab"]!.Value);
    }

    [SkippableFact]
    public async Task Tokens_open_what_they_are_for()
    {
        await users.AreRunningAsync();
        var bobs = (await Hub.CallAsync("POST", "users/bob/tokens", "{}")).Json["token"]!.GetValue<string>();
        var onlyLab = (await Hub.CallAsync("POST", "users/bob/tokens", """{"scopes": ["access:servers!server=bob/lab"]}""")).Json["token"]!.GetValue<string>();
        var administrators = (await Hub.CallAsync("POST", "users/root/tokens", """{"scopes": ["admin:users", "admin:servers"]}""")).Json["token"]!.GetValue<string>();
        var servers = users.EnvironmentOf(("bob", ""))["JUPYTERHUB_API_TOKEN"];
        foreach (var (token, opens) in new (string, string[])[] { (bobs, [His, His + "lab/"]), (onlyLab, [His + "lab/"]), (administrators, []), (servers, [His]), ("of-nobody-0123456789abcdef", []) })
        {
            foreach (var server in ManyUsers.Servers.Select(ManyUsers.PrefixOf))
            {
                var refusal = token.StartsWith("of-nobody", StringComparison.Ordinal) ? HttpStatusCode.Unauthorized : HttpStatusCode.Forbidden;
                using var browser = Hub.NewBrowser();
                Assert.Equal((server, opens.Contains(server) ? HttpStatusCode.OK : refusal), (server, await ManyUsers.StatusAsync(browser, server + "version", ("Sec-Fetch-Mode", "cors"), ("Authorization", "token " + token))));
                if (!opens.Contains(server))
                {
                    Assert.Equal(refusal, await SocketAsync(server, token: token));
                }
            }
        }
    }

    [SkippableFact]
    public async Task Ports_lead_neither_into_other_servers_nor_to_the_hub()
    {
        await users.AreRunningAsync();
        using var ada = new HttpPerson(Hub.Front);
        await ada.SignIn("ada", "pw", Hers);
        using var bob = new HttpPerson(Hub.Front);
        await bob.SignIn("bob", "pw", His);

        // Her dev server is hers: he is refused before anybody dials it.
        using var dev = new TcpListener(IPAddress.Loopback, 0);
        dev.Start();
        var port = ((IPEndPoint)dev.LocalEndpoint).Port;
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(bob, $"{Hers}proxy/{port}/"));
        Assert.Equal(HttpStatusCode.Unauthorized, await SocketAsync($"{Hers}tunnel/{port}", bob.Cookies));
        Assert.False(dev.Pending());

        // By way of her own server she comes to the door of his, as anybody on the machine does, and not through it.
        var his = users.EnvironmentOf(("bob", ""))["PORT"];
        using (var door = await ada.Http.GetAsync($"{Hers}absproxy/{his}{His}version"))
        {
            Assert.DoesNotMatch("^[0-9a-f]{40}$", await door.Content.ReadAsStringAsync());
        }

        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(ada, $"{Hers}proxy/{Hub.Api.Port}/hub/api/"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(ada, $"{Hers}proxy/{Hub.Front.Port}/hub/login"));
    }

    [SkippableFact]
    public async Task Two_people_work_in_two_browsers_and_the_logout_of_one_leaves_the_other_alone()
    {
        Prerequisites.Need("chromium");
        await users.AreRunningAsync();
        await using var chromium = new Chromium(); // Each page has a profile of its own.
        var ada = await OpenAsync(chromium, "ada");
        var bob = await OpenAsync(chromium, "bob");

        await ada.OpenTerminal();
        Assert.Equal(users.HomeOf("ada"), await ada.RunInTerminal("pwd", Path.Combine(users.HomeOf("ada"), "of-ada.txt")));
        await ada.ExplorerShows("of-ada.txt");
        await bob.OpenTerminal();
        Assert.Equal(users.HomeOf("bob"), await bob.RunInTerminal("pwd", Path.Combine(users.HomeOf("bob"), "of-bob.txt")));
        await bob.ExplorerShows("of-bob.txt");
        await Expect(bob.Page.GetByText("of-ada.txt")).ToHaveCountAsync(0);
        Assert.False(File.Exists(Path.Combine(users.HomeOf("bob"), "of-ada.txt")));

        // Her address, in his browser.
        var hers = await bob.Page.Context.NewPageAsync();
        var refused = await hers.GotoAsync(new Uri(Hub.Front, Hers).ToString());
        Assert.Equal(403, refused!.Status);
        await hers.CloseAsync();

        // She leaves; he goes on, in the same terminal.
        var leaving = await ada.Page.Context.NewPageAsync();
        await leaving.GotoAsync(new Uri(Hub.Front, "/hub/logout").ToString());
        await leaving.GotoAsync(new Uri(Hub.Front, Hers).ToString());
        await Expect(leaving).ToHaveURLAsync(new Regex("/hub/login"));
        Assert.Equal("still here", await bob.RunInTerminal("echo still here", Path.Combine(users.HomeOf("bob"), "still.txt")));
        await bob.ExplorerShows("still.txt");
        await bob.Page.ReloadAsync();
        await bob.IsOpen();
    }

    [SkippableFact]
    public async Task The_address_of_a_server_that_was_stopped_leads_to_the_page_that_starts_it_and_the_others_go_on()
    {
        await users.AreRunningAsync();
        using var ada = await Hub.SignedInAsync("ada");
        Assert.Equal(HttpStatusCode.OK, (await ada.OpenAsync(Hers)).Status);
        var port = int.Parse(users.EnvironmentOf(("ada", ""))["PORT"], CultureInfo.InvariantCulture);
        Assert.Equal(204, (await Hub.StopServerAsync("ada/server")).Status);

        var (status, _, page) = await ada.OpenAsync(Hers);
        Assert.Equal(HttpStatusCode.FailedDependency, status);
        Assert.Contains("action=\"/hub/spawn/ada\"", page, StringComparison.Ordinal);
        Assert.Contains("JupyterHub server no longer running at /user/ada/api/status", (await ada.OpenAsync(Hers + "api/status")).Page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await ada.OpenAsync(Hers + "lab/")).Status);
        using (var bob = await Hub.SignedInAsync("bob"))
        {
            Assert.Equal(HttpStatusCode.NotFound, (await bob.OpenAsync(Hers)).Status); // Whether there is such a server is not his to know.
        }

        using var nobody = new TcpClient();
        await Assert.ThrowsAsync<SocketException>(() => nobody.ConnectAsync(IPAddress.Loopback, port));
        Assert.Equal(4, ManyUsers.Servers.Count(server => users.GatewaysOf(server).Any()));

        // It starts again where it was, with another token, and she is let in without being asked who she is.
        await users.AreRunningAsync();
        Assert.Equal(HttpStatusCode.OK, (await ada.OpenAsync(Hers)).Status);
    }

    private async Task<Workbench> OpenAsync(Chromium browser, string user)
    {
        var page = await browser.NewPageAsync();
        await page.GotoAsync(new Uri(Hub.Front, $"/user/{user}/").ToString());
        await page.GetByLabel("User name").FillAsync(user);
        await page.GetByLabel("Password").FillAsync("pw");
        await page.Keyboard.PressAsync("Enter");
        var workbench = new Workbench(page);
        await workbench.IsOpen();
        return workbench;
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpPerson person, string path)
    {
        using var answer = await person.Http.GetAsync(path);
        return answer.StatusCode;
    }

    private async Task<HttpStatusCode> SocketAsync(string path, CookieContainer? cookies = null, string? token = null)
    {
        var (socket, status) = await WebSockets.OpenAsync(new Uri(Hub.Front, path), cookies, token);
        socket?.Dispose();
        return status;
    }
}
