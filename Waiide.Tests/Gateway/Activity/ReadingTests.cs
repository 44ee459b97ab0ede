using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Waiide.Tests.Support;

namespace Waiide.Tests.Gateway.Activity;

/// <summary>In a browser: what VS Code does not tell of a person, the script in its page does, and it says nothing where there is nobody.</summary>
public sealed class ReadingTests(Chromium chromium) : BrowserTests(chromium)
{
    private const string Workbench = """
        <!DOCTYPE html><html><head></head><body style="height: 5000px"><div class="monaco-workbench"></div>
        <iframe src="/preview" style="position: fixed; left: 400px; top: 0; width: 400px; height: 400px"></iframe></body></html>
        """;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(8);

    [SkippableTheory]
    [InlineData(100)] // In VS Code's own page.
    [InlineData(600)] // In a frame, which writes itself anew all the time, as previews do.
    public async Task Somebody_who_scrolls_keeps_the_server_and_a_page_that_nobody_touches_does_not(int x)
    {
        await using var gateway = await RunningGateway.StandaloneAsync(("WAIIDE_ACTIVITY", "input"), ("WAIIDE_IDLE_TIMEOUT", Limit.TotalSeconds.ToString(CultureInfo.InvariantCulture)));
        gateway.Ide.When("/", context => Page(context, Workbench));
        gateway.Ide.When("/preview", context => Page(context, "<p>A preview.<script>setInterval(() => { document.open(); document.write('<p style=\"height: 5000px\">Anew.'); document.close(); }, 1500)</script>"));
        var page = await Chromium.NewPageAsync();
        var told = 0;
        page.Request += (_, request) => told += request.Url.EndsWith("/api/activity", StringComparison.Ordinal) ? 1 : 0;
        await page.GotoAsync(gateway.Url + "login?token=" + RunningGateway.Token);

        var clock = Stopwatch.StartNew();
        await page.Mouse.MoveAsync(x, 100);
        while (clock.Elapsed < 2.5 * Limit && !gateway.Process.HasExited)
        {
            await page.Mouse.WheelAsync(0, 20);
            await page.WaitForTimeoutAsync(300);
        }

        Assert.False(gateway.Process.HasExited, gateway.Process.Output);
        Assert.InRange(told, 4, 15); // Every two seconds, for twenty: a quarter of the limit.

        clock.Restart();
        await Eventually.Is(() => clock.Elapsed > Limit / 4, "what is still on its way has come");
        told = 0;
        Assert.Equal(0, await gateway.Process.WaitForExit());
        Assert.Equal(0, told);
    }

    private static Task Page(HttpContext context, string text)
    {
        context.Response.ContentType = "text/html";
        return context.Response.WriteAsync(text);
    }
}
