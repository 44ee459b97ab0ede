using System.IO.Compression;
using Waiide.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Waiide.Tests.Deploy;

/// <summary>An image with an extension of its own, built from a .vsix file and without a gallery.</summary>
public sealed class ExtensionTests(Chromium chromium) : BrowserTests(chromium)
{
    [SkippableFact]
    public async Task Everybody_has_the_extensions_of_the_image_and_may_add_others()
    {
        Prerequisites.Need("chromium");
        using var files = new TempDirectory();
        Pack(Path.Combine(files.Path, "letter.vsix"), "letter");
        var image = await WaiideContainer.BuildAsync("--extensions", files.Path);
        var volume = $"waiidetest{Guid.NewGuid():N}";
        try
        {
            // Another home than that of the image, and nobody to ask for extensions.
            await using var container = await WaiideContainer.StartAsync(8070, ["--volume", $"{volume}:/home/calliope", "--env", "EXTENSIONS_GALLERY={}"], image);
            await container.ShellAsync("""echo '{"workbench.colorTheme":"Letter"}' > ~/.local/share/waiide/standalone/user-data/User/settings.json""");

            var page = await Chromium.NewPageAsync();
            await page.GotoAsync(new Uri(container.Url, $"login?token={WaiideContainer.Token}").ToString());
            await new Workbench(page).IsOpen();

            // Its theme is drawn, and its program has run; so has one of VS Code's own, which is there by a link.
            await Expect(page.Locator(".part.activitybar")).ToHaveCSSAsync("background-color", "rgb(18, 52, 86)");
            await Eventually.Is(async () => (await container.ShellAsync("cat ~/letter 2> /dev/null || true")).StartsWith("/opt/waiide/extensions/", StringComparison.Ordinal), "the extension runs");
            await Eventually.Is(async () => await container.ShellAsync("grep -lr '_doActivateExtension vscode.git,' ~/.local/share/waiide/standalone/user-data/logs || true") != "", "VS Code's extension for git runs");

            // One of the person's own.
            Pack(Path.Combine(files.Path, "own.vsix"), "own");
            await Podman.OutputAsync("podman", "cp", Path.Combine(files.Path, "own.vsix"), $"{container.Name}:/tmp/own.vsix");
            const string CodeServer = "/opt/waiide/ide/bin/code-server --config /dev/null --extensions-dir ~/.local/share/waiide/standalone/extensions";
            await container.ShellAsync($"{CodeServer} --install-extension /tmp/own.vsix");
            Assert.Contains("waiide-tests.own", await container.ShellAsync($"{CodeServer} --list-extensions"), StringComparison.Ordinal);
        }
        finally
        {
            await Podman.RunAsync("podman", "volume", "rm", "--force", volume);
            await Podman.RunAsync("podman", "rmi", image);
        }
    }

    [SkippableTheory]
    [InlineData("redhat.vscode-yaml", "'redhat.vscode-yaml' in extensions.txt is not publisher.name@version")]
    [InlineData("waiide-tests.letter@1.2.3", "code-server could not install waiide-tests.letter@1.2.3")]
    public async Task What_cannot_be_installed_as_the_list_says_stops_the_build(string line, string sentence)
    {
        using var files = new TempDirectory();
        await File.WriteAllTextAsync(Path.Combine(files.Path, "extensions.txt"), $"# Ours\n{line}\n");

        var (code, error) = await InstallAsync(files, gallery: "http://127.0.0.1:1/");

        Assert.Equal(1, code);
        Assert.Contains(sentence, error, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_file_that_needs_another_extension_says_which()
    {
        using var files = new TempDirectory();
        Pack(Path.Combine(files.Path, "letter.vsix"), "letter", needs: "waiide-tests.stamp");

        var (code, error) = await InstallAsync(files, gallery: "");

        Assert.Equal(1, code);
        Assert.Contains("waiide-tests.letter needs waiide-tests.stamp: put that beside it, too.", error, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task An_IDE_in_a_container_of_its_own_says_what_is_wrong_with_its_gallery()
    {
        var (code, _, error) = await Podman.RunAsync("podman", "run", "--rm", "--timeout", "30", "--network", "none", "--env", "EXTENSIONS_GALLERY=https://gallery.example.org", await ImageHygieneTests.ImageAsync("ide"), "/home/calliope");

        Assert.Equal(1, code);
        Assert.Contains("EXTENSIONS_GALLERY is not what code-server takes.", error, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("true", "^--builtin-extensions-dir /opt/waiide/extensions/\\S+ --auth none /home/calliope$")]
    [InlineData("false", "^--disable-proxy --auth none /home/calliope$")]
    public async Task An_IDE_in_a_container_of_its_own_goes_without_the_extensions_of_the_image_where_it_is_told_to(string all, string arguments)
    {
        using var files = new TempDirectory();
        var says = Path.Combine(files.Path, "says");
        await File.WriteAllTextAsync(says, "#!/bin/sh\necho \"$@\"\n");
        File.SetUnixFileMode(says, UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);

        var output = await Podman.OutputAsync(
            "podman", "run", "--rm", "--network", "none", "--env", $"USE_ALL_COMPONENTS={all}", "--volume", $"{says}:/opt/waiide/ide/bin/code-server:ro", await ImageHygieneTests.ImageAsync("ide"), "--auth", "none", "/home/calliope");

        Assert.Matches(arguments, output.Trim());
    }

    private static async Task<(int Code, string Error)> InstallAsync(TempDirectory files, string gallery)
    {
        Prerequisites.Need("node", "npm");
        var tree = (await Podman.OutputAsync("node", "ide/provision.mjs", "--where")).Trim();
        var target = Path.Combine(files.Path, "target");
        var (code, _, error) = await Podman.RunAsync("env", $"EXTENSIONS_GALLERY={(gallery.Length == 0 ? "" : $$"""{"serviceUrl":"{{gallery}}"}""")}", "node", "deploy/install-extensions.mjs", tree, files.Path, target);
        Assert.False(Directory.Exists(target), "Something was installed.");
        return (code, error);
    }

    /// <summary>An extension with a theme and a program: a .vsix file is a zip archive with the extension and a word about it.</summary>
    private static void Pack(string file, string name, string? needs = null)
    {
        using var archive = ZipFile.Open(file, ZipArchiveMode.Create);
        Add("extension/package.json", $$"""
            {
              "publisher": "waiide-tests", "name": "{{name}}", "version": "1.2.3", "engines": { "vscode": "^1.90.0" },
              "main": "./main.js", "activationEvents": ["onStartupFinished"], "extensionDependencies": [{{(needs is null ? "" : $"\"{needs}\"")}}],
              "contributes": { "themes": [{ "id": "Letter", "label": "Letter", "uiTheme": "vs", "path": "./theme.json" }] }
            }
            """);
        Add("extension/theme.json", """{ "name": "Letter", "type": "light", "colors": { "activityBar.background": "#123456" } }""");
        Add("extension/main.js", $"exports.activate = () => require('fs').writeFileSync(require('os').homedir() + '/{name}', __dirname);");
        Add("extension.vsixmanifest", $"""
            <PackageManifest Version="2.0.0" xmlns="http://schemas.microsoft.com/developer/vsx-schema/2011">
              <Metadata><Identity Language="en-US" Id="{name}" Version="1.2.3" Publisher="waiide-tests" /></Metadata>
            </PackageManifest>
            """);

        void Add(string entry, string text)
        {
            using var writer = new StreamWriter(archive.CreateEntry(entry).Open());
            writer.Write(text);
        }
    }
}
