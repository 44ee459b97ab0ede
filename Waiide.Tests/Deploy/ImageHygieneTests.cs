using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Waiide.Tests.Build;
using Waiide.Tests.Support;

namespace Waiide.Tests.Deploy;

/// <summary>What is in the images: versions without known holes, and nothing that helps an intruder.</summary>
public sealed partial class ImageHygieneTests
{
    private static readonly ConcurrentDictionary<string, Lazy<Task<string>>> Images = new();

    [SkippableTheory]
    [InlineData("waiide", "/opt/waiide/gateway/Waiide.Gateway")]
    [InlineData("gateway", "/app/Waiide.Gateway")]
    [InlineData("hub", "/app/Waiide.Hub.Mock")]
    public async Task The_runtime_that_is_compiled_into_a_program_is_patched(string name, string program)
    {
        // 0.1.0 (.NET 10.0.12, ASP.NET Core 10.0.12)
        var said = await ShellAsync(name, $"{program} --version");
        var versions = RuntimeVersion().Matches(said).Select(found => Version.Parse(found.Groups[1].Value)).ToArray();

        Assert.Equal(2, versions.Length);
        Assert.All(versions, version => Assert.True(version >= RuntimeTests.Patched, $"{program} of {name} has {said.Trim()}, older than {RuntimeTests.Patched}: update the SDK."));
    }

    [SkippableFact]
    public async Task The_runtime_beside_the_dashboard_is_patched()
    {
        var image = await ImageAsync("dashboard");
        using var files = new TempDirectory();
        var container = (await Podman.OutputAsync("podman", "create", image)).Trim();
        try
        {
            // The files themselves: what a list beside them says would be the build's word for it.
            foreach (var assembly in new[] { "System.Private.CoreLib.dll", "Microsoft.AspNetCore.Server.Kestrel.Core.dll", "Microsoft.AspNetCore.DataProtection.dll" })
            {
                var copy = Path.Combine(files.Path, assembly);
                await Podman.OutputAsync("podman", "cp", $"{container}:/app/{assembly}", copy);
                var version = Version.Parse(FileVersionInfo.GetVersionInfo(copy).ProductVersion!.Split('+', '-')[0]); // "10.0.12+3a5ac55c…"
                Assert.True(version >= RuntimeTests.Patched, $"{assembly} in {image} is {version}, older than {RuntimeTests.Patched}: update the SDK.");
            }
        }
        finally
        {
            await Podman.RunAsync("podman", "rm", container);
        }
    }

    [SkippableTheory]
    [InlineData("waiide")]
    [InlineData("ide")]
    public async Task Node_is_the_one_of_the_lock(string name)
    {
        var locked = JsonNode.Parse(Sources.Text("ide/package-lock.json"))!["packages"]![$"node_modules/node-linux-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}"]!["version"]!;

        Assert.Equal($"v{locked}", (await ShellAsync(name, "/opt/waiide/ide/bin/node --version")).Trim());
    }

    [SkippableTheory]
    [InlineData("waiide")]
    [InlineData("ide")]
    [InlineData("gateway")]
    [InlineData("hub")]
    [InlineData("dashboard")]
    public async Task An_image_has_nothing_that_it_does_not_need(string name)
    {
        const string Look = """
            echo "user $(id -u) $(id -g)"
            find / -xdev -type f -perm /6000 2> /dev/null | sed 's/^/setuid /'
            for tool in cc gcc g++ clang tcc make as ld go rustc dotnet npm pip sudo; do command -v $tool | sed 's/^/tool /'; done
            find /var/lib/apt/lists -type f ! -name lock | sed 's/^/list /'
            find / -xdev \( -name '.npmrc' -o -name '.netrc' -o -name '*.key' -o -name 'id_*' -o -name 'NuGet.Config' \) -type f 2> /dev/null | sed 's/^/private /'
            find / -xdev -path /proc -prune -o -type f -perm -o+w -print 2> /dev/null | sed 's/^/writable /'
            grep -l security /etc/apt/sources.list /etc/apt/sources.list.d/* 2> /dev/null | sed 's/.*/fixes/'
            """;

        var found = (await ShellAsync(name, Look)).TrimEnd().Split('\n');

        Assert.Equal([name is "waiide" or "ide" ? "user 1000 1000" : "user 1654 1654", "fixes"], found);
    }

    [SkippableTheory]
    [InlineData("waiide")]
    [InlineData("ide")]
    [InlineData("gateway")]
    [InlineData("hub")]
    [InlineData("dashboard")]
    public async Task An_image_keeps_no_secret(string name)
    {
        var image = await ImageAsync(name);
        var history = await Podman.OutputAsync("podman", "history", "--no-trunc", "--format", "{{.CreatedBy}}", image);
        var environment = await Podman.OutputAsync("podman", "image", "inspect", "--format", "{{range .Config.Env}}{{println .}}{{end}}", image);

        Assert.DoesNotMatch(Secret(), history + environment);
        Assert.NotEmpty((await Podman.OutputAsync("podman", "image", "inspect", "--format", "{{.Config.User}}", image)).Trim());
    }

    internal static Task<string> ImageAsync(string name) => name is "waiide" ? WaiideContainer.ImageAsync() : Images.GetOrAdd(name, _ => new(() => OtherImageAsync(name))).Value;

    private static async Task<string> OtherImageAsync(string name)
    {
        Prerequisites.Need("podman", "runc", "mmdebstrap", "gcc", "node", "npm");
        var output = await Podman.OutputAsync("sh", "deploy/images", "--without-registry", name);
        return output.Split($"{name.ToUpper(CultureInfo.InvariantCulture)}_IMAGE=")[1].Trim();
    }

    private static async Task<string> ShellAsync(string name, string line) =>
        await Podman.OutputAsync("podman", "run", "--rm", "--network", "none", "--no-healthcheck", "--entrypoint", "sh", await ImageAsync(name), "-c", line);

    [GeneratedRegex(@"NET(?: Core)? (\d+\.\d+\.\d+)")]
    private static partial Regex RuntimeVersion();

    // "TOKEN=0a65", "\"password\": \"1234\""
    [GeneratedRegex("(token|password|secret|api_?key)[\"']?\\s*[=:]\\s*\\S", RegexOptions.IgnoreCase)]
    private static partial Regex Secret();
}
