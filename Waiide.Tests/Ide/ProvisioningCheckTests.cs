using Waiide.Tests.Support;

namespace Waiide.Tests.Ide;

public sealed class ProvisioningCheckTests
{
    private static readonly string Check = Path.Combine(ProvisioningScripts.Folder, "check.mjs");

    [Fact]
    public async Task Every_module_that_the_server_imports_is_in_the_tree()
    {
        var outcome = await ProvisioningScripts.Run("node", [Check, await ProvisioningScripts.Tree]);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
    }

    [Fact]
    public async Task A_module_that_is_missing_is_named_with_what_imports_it()
    {
        using var directory = new TempDirectory();
        // Links instead of 290 MB where both are on one disk.
        var copy = Path.Combine(directory.Path, "tree");
        var copied = await ProvisioningScripts.Run("sh", ["-c", "cp -al \"$0\" \"$1\" 2>/dev/null || { rm -rf \"$1\"; cp -a \"$0\" \"$1\"; }", await ProvisioningScripts.Tree, copy]);
        Assert.True(copied.ExitCode == 0, copied.Error);
        foreach (var module in new[] { "undici", "@xterm/addon-webgl", "ms", "node-pty/prebuilds" })
        {
            Directory.Delete(Path.Combine(copy, "node_modules", module), recursive: true);
        }

        var outcome = await ProvisioningScripts.Run("node", [Check, copy]);

        Assert.Equal(1, outcome.ExitCode);
        Assert.Matches("undici is missing; .*extensionHostProcess.js imports it", outcome.Error); // In no list of upstream's: found in the code.
        Assert.Contains("@xterm/addon-webgl is not installed", outcome.Error, StringComparison.Ordinal); // Asked for by the browser, by URL.
        Assert.Contains("node_modules/ms is in package-lock.json but not installed", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("node-pty does not load", outcome.Error, StringComparison.Ordinal);
    }
}
