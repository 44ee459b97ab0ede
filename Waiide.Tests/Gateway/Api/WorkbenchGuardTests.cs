using Microsoft.AspNetCore.Http;
using Microsoft.Playwright;
using Waiide.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Waiide.Tests.Gateway.Api;

/// <summary>The script that loads VS Code's page again when a part of it has not arrived, in a browser.</summary>
public sealed class WorkbenchGuardTests(Chromium chromium) : BrowserTests(chromium)
{
    // As net::ERR_NETWORK_CHANGED does when containers come up on the same machine.
    [SkippableTheory]
    [InlineData("**/workbench.css", 1)]
    [InlineData("**/static/out/workbench.js", 1)]
    [InlineData("**/nls.messages.js", 2)]
    public async Task A_page_of_which_a_part_does_not_arrive_is_loaded_again_once_and_then_asks(string part, int failures)
    {
        await using var gateway = await RunningGateway.StandaloneAsync();
        AsCodeServerDoes(gateway);
        var page = await Chromium.NewPageAsync();
        await page.GotoAsync($"http://localhost:{gateway.Port}/login?token={RunningGateway.Token}");
        await Expect(page.Locator(".monaco-workbench")).ToBeVisibleAsync();
        await page.Context.RouteAsync(part, route => failures-- > 0 ? route.AbortAsync("connectionaborted") : route.ContinueAsync());

        await page.ReloadAsync();

        if (part == "**/nls.messages.js")
        {
            await page.GetByText("A part of VS Code did not arrive, twice").First.WaitForAsync(new() { State = WaitForSelectorState.Attached });
            await page.GetByRole(AriaRole.Button, new() { Name = "Load it again" }).ClickAsync();
        }

        await Expect(page.Locator(".monaco-workbench")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Load it again" })).ToHaveCountAsync(0);
        Assert.True(failures <= 0);
    }

    [SkippableFact]
    public async Task A_page_of_which_a_part_fails_after_more_than_a_minute_is_not_loaded_again_for_ever()
    {
        await using var gateway = await RunningGateway.StandaloneAsync();
        AsCodeServerDoes(gateway);
        var page = await Chromium.NewPageAsync();
        await page.GotoAsync($"http://localhost:{gateway.Port}/login?token={RunningGateway.Token}");
        await page.Context.RouteAsync("**/static/out/workbench.js", route => route.AbortAsync("timedout"));
        await page.AddInitScriptAsync("""
            {
              const load = Number(sessionStorage.getItem('load'));
              sessionStorage.setItem('load', load + 1);
              const [origin, now] = [performance.timeOrigin + (load * 70_000), Date.now];
              Object.defineProperty(performance, 'timeOrigin', { value: origin });
              Date.now = () => now() + ((load + 1) * 70_000); // Each load takes 70 s to fail.
            }
            """);

        await page.ReloadAsync();

        await page.GetByText("A part of VS Code did not arrive, twice").First.WaitForAsync(new() { State = WaitForSelectorState.Attached });
        Assert.Equal("2", await page.EvaluateAsync<string>("sessionStorage.getItem('load')"));
    }

    /// <summary>A page with parts that are loaded, under VS Code's content security policy; each is needed for the workbench to be drawn.</summary>
    private static void AsCodeServerDoes(RunningGateway gateway)
    {
        gateway.Ide.When("/", context =>
        {
            context.Response.ContentType = "text/html";
            context.Response.Headers.ContentSecurityPolicy = "default-src 'self'; script-src 'self' 'nonce-b1wkB0X6td7U9qtF7vmbTA'";
            return context.Response.WriteAsync("""
                <!DOCTYPE html><html><head>
                <script nonce="b1wkB0X6td7U9qtF7vmbTA">performance.mark('code/didStartRenderer');</script>
                <link rel="stylesheet" href="static/out/workbench.css">
                </head><body></body>
                <script type="module" src="static/out/nls.messages.js"></script>
                <script type="module" src=""></script>
                <script type="module" src="static/out/workbench.js"></script></html>
                """);
        });
        Part("workbench.css", "text/css", "body { --there: 1 }");
        Part("nls.messages.js", "text/javascript", "globalThis.words = 'VS Code';");
        Part("workbench.js", "text/javascript", """
            if (!getComputedStyle(document.body).getPropertyValue('--there')) { throw new Error('no style'); }
            document.body.append(Object.assign(document.createElement('div'), { className: 'monaco-workbench', textContent: words }));
            """);

        void Part(string name, string type, string text) => gateway.Ide.When("/static/out/" + name, context =>
        {
            context.Response.ContentType = type;
            return context.Response.WriteAsync(text);
        });
    }
}
