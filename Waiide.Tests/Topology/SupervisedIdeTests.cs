using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using Microsoft.Playwright;
using Waiide.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Waiide.Tests.Topology;

/// <summary>The gateway alone, as in the image: it starts the real IDE and brings it back.</summary>
[Collection("browser")]
public sealed class SupervisedIdeTests(Chromium chromium)
{
    private const string Token = "token-of-the-supervised-test";

    [SkippableFact]
    public async Task A_killed_IDE_answers_within_five_seconds_and_after_a_reload_editors_and_typed_text_are_back()
    {
        Prerequisites.Need("node", "npm", "chromium", "setsid");
        using var workspace = new TempDirectory();
        using var data = new TempDirectory();
        await File.WriteAllTextAsync(Path.Combine(workspace.Path, "letter.txt"), "");
        var port = Ports.Free();
        await using var gateway = ChildProcess.StartDotnet("Waiide.Gateway.dll", new Dictionary<string, string>
        {
            ["PORT"] = port.ToString(CultureInfo.InvariantCulture),
            ["WAIIDE_TOKEN"] = Token,
            ["WAIIDE_WORKSPACE"] = workspace.Path,
            ["WAIIDE_DATA_DIR"] = data.Path,
            ["WAIIDE_IDE_COMMAND"] = Path.Combine(Repository.Root, "ide", "code-server"),
        });
        using var http = new HttpClient { BaseAddress = new Uri($"http://localhost:{port}/") };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("token", Token);
        await Eventually.Is(() => VersionAnswers(http), "the IDE has started", TimeSpan.FromMinutes(5));
        var page = await chromium.NewPageAsync();
        await page.GotoAsync($"http://localhost:{port}/login?token={Token}");
        var workbench = new Workbench(page);
        await workbench.IsOpen();
        await workbench.OpenFile("letter.txt");
        await workbench.TypeInEditor("Dear reader");
        await Eventually.Is(
            () => File.ReadAllText(Path.Combine(workspace.Path, "letter.txt")) == "Dear reader", "VS Code saves what was typed");
        await workbench.RemembersEditor("letter.txt");

        foreach (var process in Processes.All().Where(process => process.CommandLine.Contains(data.Path, StringComparison.Ordinal) && process.Id != gateway.Id))
        {
            Process.Start("kill", ["-KILL", process.Id.ToString(CultureInfo.InvariantCulture)])!.WaitForExit();
        }

        await Eventually.Is(async () => !await VersionAnswers(http), "the kill is noticed", TimeSpan.FromSeconds(5));
        await Eventually.Is(() => VersionAnswers(http), "/version answers again", TimeSpan.FromSeconds(5));
        await page.GetByRole(AriaRole.Button, new() { Name = "Reload Window" }).ClickAsync(new() { Timeout = 60_000 });
        await workbench.IsOpen();
        await workbench.HasEditor("letter.txt");
        await Expect(page.Locator(".editor-group-container.active .view-lines")).ToContainTextAsync("reader");
    }

    private static async Task<bool> VersionAnswers(HttpClient http)
    {
        try
        {
            using var answer = await http.GetAsync("version");
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false; // The gateway does not listen yet.
        }
    }
}

[CollectionDefinition("browser")]
public sealed class BrowserCollection : ICollectionFixture<Chromium>;
