using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Waiide.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Waiide.Tests.Gateway.Proxy;

/// <summary>Dev servers as a person sees them, below a prefix with characters that are spelled in more than one way. There is no IDE behind the gateway: none is needed.</summary>
public sealed class PortBrowserTests(Chromium chromium) : BrowserTests(chromium)
{
    private static readonly (string, string) NoIde = ("WAIIDE_IDE_COMMAND", "/nowhere/code-server");

    [SkippableFact]
    public async Task The_page_of_a_port_becomes_the_server_and_its_folders_can_be_walked_through()
    {
        Prerequisites.Need("chromium", "python3");
        using var folder = new TempDirectory();
        Directory.CreateDirectory(Path.Combine(folder.Path, "a folder", "deep"));
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "a folder", "deep", "note.txt"), "found");
        await using var gateway = await BareGateway.StartAsync(PortFixture.Prefix, NoIde);
        var port = Ports.Free();
        var place = new Uri(gateway.Url, $"proxy/{port}/").AbsoluteUri;

        var page = await Chromium.NewPageAsync();
        var answer = await page.GotoAsync(place);
        Assert.Equal(502, answer!.Status);
        await Expect(page.GetByRole(AriaRole.Heading)).ToHaveTextAsync($"Nothing listens on port {port}");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Open VS Code" })).ToHaveAttributeAsync("href", gateway.Url.AbsolutePath);

        await using var server = HttpServer(folder.Path, port);
        await Expect(page.GetByText("Directory listing for /")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "a folder/" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex($"/proxy/{port}/a%20folder/$"));

        // Without the slash the server redirects to "/a%20folder/deep/", which is its own root's.
        await page.GotoAsync(place + "a%20folder/deep");
        await Expect(page).ToHaveURLAsync(new Regex($"/proxy/{port}/a%20folder/deep/$"));
        await page.GetByRole(AriaRole.Link, new() { Name = "note.txt" }).ClickAsync();
        await Expect(page.GetByText("found")).ToBeVisibleAsync();

        await page.GotoAsync(place.TrimEnd('/'));
        await Expect(page).ToHaveURLAsync(new Regex($"/proxy/{port}/$"));
    }

    [SkippableFact]
    public async Task Vite_shows_a_change_without_a_reload()
    {
        Prerequisites.Need("chromium", "node", "npm");
        await using var gateway = await BareGateway.StartAsync(PortFixture.Prefix, NoIde);
        await using var vite = await ViteServer.StartAsync(port => $"{PortFixture.Prefix}absproxy/{port}/");
        var page = await Chromium.NewPageAsync();
        var said = new ConcurrentQueue<string>();
        page.Console += (_, message) => said.Enqueue(message.Text);
        await page.GotoAsync(new Uri(gateway.Url, $"absproxy/{vite.Port}/").ToString());
        await Expect(page.Locator("#message")).ToHaveTextAsync("first");
        await Eventually.Is(() => said.Contains("[vite] connected."), "Vite's page has its WebSocket", TimeSpan.FromSeconds(30));

        await page.EvaluateAsync("() => { window.sameDocument = true; }");
        await File.WriteAllTextAsync(vite["message.js"], "export const message = 'second';\n");
        await Expect(page.Locator("#message")).ToHaveTextAsync("second");
        Assert.True(await page.EvaluateAsync<bool>("() => window.sameDocument === true"));
        Assert.DoesNotContain(said, text => text.Contains("failed to connect", StringComparison.Ordinal));
    }

    [SkippableFact]
    public async Task S19_in_a_sandbox_a_page_has_an_origin_of_its_own()
    {
        Prerequisites.Need("chromium", "python3");
        using var folder = new TempDirectory();
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "index.html"), """
            <!DOCTYPE html>
            <p id="origin"></p><p id="storage"></p><p id="gateway"></p>
            <script>
              const say = (id, text) => { document.getElementById(id).textContent = text; };
              say('origin', self.origin);
              try { say('storage', 'open: ' + localStorage.length + document.cookie); } catch (refused) { say('storage', refused.name); }
              fetch('../../api/status').then(() => say('gateway', 'reached'), () => say('gateway', 'refused'));
            </script>
            """);
        var port = Ports.Free();
        await using var server = HttpServer(folder.Path, port);
        foreach (var (sandbox, origin, storage, reach) in new[] { ("0", "http://127.0.0.1", "open: 0", "reached"), ("1", "null", "SecurityError", "refused") })
        {
            await using var gateway = await BareGateway.StartAsync("/user/ada/", NoIde, ("WAIIDE_SANDBOX_PORTS", sandbox));
            var page = await Chromium.NewPageAsync();
            await Eventually.Is(
                async () => (await page.GotoAsync(new Uri(gateway.Url, $"proxy/{port}/").ToString()))!.Status == 200, "python serves the page");
            await Expect(page.Locator("#origin")).ToContainTextAsync(origin);
            await Expect(page.Locator("#storage")).ToHaveTextAsync(storage);
            await Expect(page.Locator("#gateway")).ToHaveTextAsync(reach);
        }
    }

    [SkippableFact]
    public async Task The_Ports_view_and_the_terminals_of_VS_Code_know_the_whole_address()
    {
        Prerequisites.Need("chromium", "node", "npm");
        using var files = new TempDirectory();
        await using var gateway = await BareGateway.StartAsync(
            PortFixture.Prefix, ("WAIIDE_IDE_COMMAND", Path.Combine(Repository.Root, "ide", "code-server")), ("WAIIDE_WORKSPACE", files.Path));
        await using var server = await StubIde.StartAsync();
        using var http = new HttpClient();
        await Eventually.Is(async () => (await http.GetAsync(new Uri(gateway.Url, "version"))).IsSuccessStatusCode, "the IDE has started", TimeSpan.FromMinutes(5));
        var page = await Chromium.NewPageAsync();
        await page.GotoAsync(gateway.Url.ToString());
        var workbench = new Workbench(page);
        await workbench.IsOpen();

        var origin = gateway.Url.GetLeftPart(UriPartial.Authority);
        await workbench.OpenTerminal();
        var template = await workbench.RunInTerminal("printenv VSCODE_PROXY_URI", Path.Combine(files.Path, "template.txt"));
        Assert.Equal(origin + Uri.UnescapeDataString(PortFixture.Prefix) + "proxy/{{port}}/", template);

        await page.Locator(".statusbar-item[id='status.forwardedPorts'] a").ClickAsync();

        // VS Code lists what listens on this machine by itself, after a while; ours is asked for. The button is another one while the list is empty.
        await page.Locator(".part.panel").GetByText(new Regex("^(Forward a Port|Add Port)$")).First.ClickAsync();
        await page.Keyboard.TypeAsync(server.Url.Port.ToString(CultureInfo.InvariantCulture));
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator(".part.panel .monaco-list-row", new() { HasText = $"/proxy/{server.Url.Port}/" })).ToBeVisibleAsync();
    }

    private static ChildProcess HttpServer(string folder, int port) =>
        ChildProcess.Start(new ProcessStartInfo("python3", ["-u", "-m", "http.server", port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--directory", folder])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        });
}
