using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Waiide.Tests.Build;
using Waiide.Tests.Support;
using Waiide.Tests.Topology;

namespace Waiide.Tests.Deploy;

/// <summary>Hub, gateway, IDE, TLS and dashboard as an operator carries them up: a person works in the IDE by https, everybody else stays out, and what happened is in the dashboard.</summary>
[Collection(PodmanNetworks.Name)]
public sealed partial class FullComposeTests(FullCompose full, Chromium chromium) : BrowserTests(chromium), IClassFixture<FullCompose>
{
    private const string Letter = "/home/calliope/workspace/letter.txt";

    private static readonly string[] Services = ["front", "hub", "gateway", "ide", "dashboard"];

    [SkippableFact]
    public async Task A_person_signs_in_by_https_and_works_and_the_dashboard_has_the_trace()
    {
        Prerequisites.Need("chromium", "certutil");
        await full.BootAsync();
        using var home = await TrustingHome.OfAsync(full.Authority);
        var page = await Chromium.NewPageAsync(home: home.Path);
        var sockets = new ConcurrentQueue<string>();
        page.WebSocket += (_, socket) => sockets.Enqueue(socket.Url);

        await full.Project.ExecAsync("ide", "touch", Letter);
        await page.GotoAsync(new Uri(full.Site, "/user/admin/").AbsoluteUri);
        await HubPages.SignIn(page, "admin", full.Value("ADMIN_PASSWORD"));
        var workbench = new Workbench(page);
        await workbench.IsOpen();
        await workbench.OpenFile("letter.txt");
        await workbench.TypeInEditor("Dear reader");
        await Eventually.Is(async () => await full.Project.ExecAsync("ide", "cat", Letter) == "Dear reader", "what was typed is saved in the container");

        Assert.StartsWith(full.Site.AbsoluteUri, page.Url, StringComparison.Ordinal);
        Assert.True(await page.EvaluateAsync<bool>("isSecureContext"));
        Assert.NotEmpty(sockets);
        Assert.All(sockets, socket => Assert.StartsWith("wss://", socket, StringComparison.Ordinal));
        var cookies = await page.Context.CookiesAsync();
        Assert.All(cookies, cookie => Assert.True(cookie.Secure, cookie.Name));
        Assert.All(cookies, cookie => Assert.NotEqual(SameSiteAttribute.None, cookie.SameSite));
        var session = Assert.Single(cookies, cookie => cookie.Name == "jupyterhub-user-admin");
        Assert.Equal((true, SameSiteAttribute.Lax, "/user/admin/"), (session.HttpOnly, session.SameSite, session.Path));

        await page.GotoAsync(new Uri(full.Dashboard, $"/login?t={full.Value("DASHBOARD_TOKEN")}").AbsoluteUri);
        // The second is from before the login, so it is among what was sent.
        await Eventually.Is(
            async () =>
            {
                await page.GotoAsync(new Uri(full.Dashboard, "/traces").AbsoluteUri);
                var trace = page.GetByRole(AriaRole.Row).Filter(new() { HasText = "POST /hub/login" });
                return await trace.CountAsync() > 0 && (await trace.First.InnerTextAsync()).Contains("gateway", StringComparison.Ordinal);
            },
            "the dashboard has the click by which somebody signed in, from the hub to the gateway");
    }

    [SkippableFact]
    public async Task Only_the_front_is_open_and_the_dashboard_to_this_machine()
    {
        await full.BootAsync();

        Assert.Equal([$"8080/tcp -> 127.0.0.1:{full.HttpPort}", $"8443/tcp -> 127.0.0.1:{full.HttpsPort}"], (await full.Project.PortsAsync("front")).Order(StringComparer.Ordinal));
        Assert.Equal([$"18888/tcp -> 127.0.0.1:{full.DashboardPort}"], await full.Project.PortsAsync("dashboard"));
        foreach (var inside in (string[])["hub", "gateway", "ide"])
        {
            Assert.Empty(await full.Project.PortsAsync(inside));
        }

        // By the front a stranger gets to a login, and from the hub's API nothing.
        Assert.Equal("403", await StatusAsync(full.Site + "hub/api/users"));
        Assert.Equal("403", await StatusAsync(full.Site + "hub/api/users/admin"));
        Assert.Equal("401", await StatusAsync(full.Site + "user/admin/?folder=/etc"));
        Assert.Equal("401", await StatusAsync(full.Dashboard + "traces"));
        Assert.Equal("401", await StatusAsync(full.Dashboard + "login?t=wrong"));

        // Nor does what is inside get everywhere: an IDE runs whatever its user wants it to.
        Assert.Equal("401", await StatusFromAsync("hub", "--request", "POST", "http://dashboard:18890/v1/traces"));
        // By their addresses: names of other networks nobody knows there, whatever can be reached.
        foreach (var (service, port) in new[] { ("dashboard", 18888), ("dashboard", 18890), ("hub", 8000), ("hub", 8081) })
        {
            foreach (var address in (await full.Project.InspectAsync(service, "{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}")).Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                Assert.Equal("000", await StatusFromAsync("ide", $"http://{address}:{port}/"));
            }
        }

        Assert.Equal("200", await StatusFromAsync("ide", "http://gateway:8070/health"));
    }

    [SkippableFact]
    public async Task The_containers_have_limits_and_no_rights_that_they_do_not_need()
    {
        await full.BootAsync();
        foreach (var service in Services)
        {
            var status = await full.Project.ExecAsync(service, "cat", "/proc/self/status");
            Assert.Contains("CapEff:\t0000000000000000", status, StringComparison.Ordinal);
            Assert.Contains("NoNewPrivs:\t1", status, StringComparison.Ordinal);
            Assert.DoesNotContain("Uid:\t0\t", status, StringComparison.Ordinal);
            Assert.Matches("^true unless-stopped [1-9][0-9]{8,} [1-9][0-9]{1,2}$", await full.Project.InspectAsync(service, "{{.HostConfig.ReadonlyRootfs}} {{.HostConfig.RestartPolicy.Name}} {{.HostConfig.Memory}} {{.HostConfig.PidsLimit}}"));
        }
    }

    [SkippableFact]
    public async Task Plain_http_leads_to_the_public_port_of_https_where_it_is_told_once_to_stay()
    {
        await full.BootAsync();

        var plain = await full.Project.CurlAsync("--include", $"http://localhost:{full.HttpPort.ToString(CultureInfo.InvariantCulture)}/some/where?a=%2F");
        Assert.StartsWith("HTTP/1.1 308 ", plain, StringComparison.Ordinal);
        Assert.Contains($"\r\nLocation: {full.Site}some/where?a=%2F\r\n", plain, StringComparison.Ordinal);
        Assert.DoesNotContain("Strict-Transport-Security", plain, StringComparison.OrdinalIgnoreCase);

        var secure = await full.Project.CurlAsync("--cacert", full.Authority, "--http2", "--include", full.Site + "hub/login");
        Assert.StartsWith("HTTP/2 200", secure, StringComparison.Ordinal);
        Assert.Single(secure.Split('\n'), line => line.StartsWith("strict-transport-security:", StringComparison.OrdinalIgnoreCase));
        var cookies = secure.Split('\n').Where(line => line.StartsWith("set-cookie:", StringComparison.OrdinalIgnoreCase)).ToArray();
        Assert.NotEmpty(cookies);
        Assert.All(cookies, cookie => Assert.Contains("; secure", cookie, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void Nothing_that_is_empty_in_its_env_file_has_a_default()
    {
        var compose = Sources.Text("deploy/compose/full.yaml");

        Assert.All(Empty().Matches(Sources.Text("deploy/compose/full.env")).Select(match => match.Groups[1].Value), name => Assert.Contains($"${{{name}:?It is empty in .env. ", compose, StringComparison.Ordinal));
        Assert.DoesNotMatch("(KEY|TOKEN|PASSWORD):-", compose);
    }

    private Task<string> StatusAsync(string address) =>
        full.Project.CurlAsync("--cacert", full.Authority, "--header", "Sec-Fetch-Mode: cors", "--output", "/dev/null", "--write-out", "%{http_code}", address);

    private Task<string> StatusFromAsync(string service, params string[] arguments) => full.Project.ExecAsync(
        service, ["sh", "-c", "curl --silent --max-time 5 --connect-timeout 2 --output /dev/null --write-out '%{http_code}' \"$@\" || true", "sh", .. arguments]);

    [GeneratedRegex("^([A-Z_]+)=$", RegexOptions.Multiline)]
    private static partial Regex Empty();
}
