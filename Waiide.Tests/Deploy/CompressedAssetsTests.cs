using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Waiide.Tests.Support;

namespace Waiide.Tests.Deploy;

/// <summary>The files that deploy/compress-assets.mjs compresses when the image is built, held against what a browser asks the real VS Code for.</summary>
public sealed partial class CompressedAssetsTests(Chromium chromium) : BrowserTests(chromium)
{
    [SkippableFact]
    public async Task What_a_new_browser_loads_of_VS_Code_is_compressed_in_the_image()
    {
        await using var gateway = await GatewayWithIde.StartAsync();
        await File.WriteAllTextAsync(gateway.FileOf("letter.ini"), "[reader]\n");
        var loaded = new ConcurrentBag<string>();
        var page = await Chromium.NewPageAsync();
        page.Response += (_, answer) =>
        {
            if (Static().Match(answer.Url) is { Success: true } match && answer.Status == 200)
            {
                loaded.Add(match.Groups[1].Value);
            }
        };
        await page.GotoAsync($"{gateway.Url}login?token={GatewayWithIde.Token}");
        var workbench = new Workbench(page);
        await workbench.IsOpen();
        await workbench.OpenFile("letter.ini");
        await workbench.TypeInEditor("dear = true");
        await Eventually.Is(() => loaded.Any(file => file.EndsWith("/onig.wasm", StringComparison.Ordinal)), "VS Code colours the file");

        var wanted = Wanted().Matches(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "deploy", "compress-assets.mjs"))).Select(match => match.Groups[1].Value).ToHashSet();
        Assert.Contains("out/vs/code/browser/workbench/workbench.js", loaded);
        Assert.Equal([], loaded.Where(file => !wanted.Contains(file)).Distinct().Order());
    }

    // Without a query: what has one is not kept.
    [GeneratedRegex(@"/stable-[0-9a-f]{40}/static/([^?]+)$")]
    private static partial Regex Static();

    // "    'out/nls.messages.js',"
    [GeneratedRegex(@"^    '(\S+)',$", RegexOptions.Multiline)]
    private static partial Regex Wanted();
}
