using System.Diagnostics;
using System.Globalization;
using Microsoft.Playwright;
using Waiide.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Waiide.Tests.Topology;

/// <summary>The gateway alone, as in the image: it starts the real IDE and brings it back.</summary>
public sealed class SupervisedIdeTests(Chromium chromium) : BrowserTests(chromium)
{
    [SkippableFact]
    public async Task A_killed_IDE_answers_again_and_after_a_reload_editors_and_typed_text_are_back()
    {
        await using var gateway = await GatewayWithIde.StartAsync();
        await File.WriteAllTextAsync(gateway.FileOf("letter.txt"), "");
        using var http = gateway.Program();
        var workbench = await gateway.OpenAsync(Chromium);
        var page = workbench.Page;
        await workbench.OpenFile("letter.txt");
        await workbench.TypeInEditor("Dear reader");
        await Eventually.Is(
            () => File.ReadAllText(gateway.FileOf("letter.txt")) == "Dear reader", "VS Code saves what was typed");
        await workbench.RemembersEditor("letter.txt");
        await Eventually.Is(workbench.HasAllParts, "VS Code has made all its parts");

        foreach (var process in Processes.All().Where(process => process.CommandLine.Contains(gateway.DataDirectory, StringComparison.Ordinal) && process.Id != gateway.Process.Id))
        {
            Process.Start("kill", ["-KILL", process.Id.ToString(CultureInfo.InvariantCulture)])!.WaitForExit();
        }

        await Eventually.Is(async () => !await VersionAnswers(http), "the kill is noticed");
        await Eventually.Is(() => VersionAnswers(http), "/version answers again");
        await page.GetByRole(AriaRole.Button, new() { Name = "Reload Window" }).ClickAsync();
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
            return false; // The connection breaks with the IDE.
        }
    }
}
