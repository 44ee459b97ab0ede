using System.Text.RegularExpressions;
using Waiide.Tests.Build;
using Waiide.Tests.Support;

namespace Waiide.Tests.Deploy;

/// <summary>What Waiide publishes, held by snapshots, and what must be true of it whatever they say.</summary>
public sealed partial class PublishedTests
{
    [Theory]
    [InlineData("standalone")]
    [InlineData("hub", "--Waiide:Mode=hub")]
    public async Task The_compose_file_is_the_one_that_was_looked_at(string snapshot, params string[] settings)
    {
        var (compose, environment) = await Publishing.ComposeAsync(settings);

        Snapshot.Holds($"{snapshot}/docker-compose.yaml", compose);
        Snapshot.Holds($"{snapshot}/env", environment);
        Assert.DoesNotContain("demo", compose, StringComparison.OrdinalIgnoreCase);
        // Nothing of the machine that publishes.
        Assert.DoesNotContain(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) + "/", compose, StringComparison.Ordinal);
        Assert.DoesNotContain(Repository.Root, compose, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("standalone")]
    [InlineData("hub", "Waiide__Mode=hub")]
    public async Task The_manifest_is_the_one_that_was_looked_at(string snapshot, params string[] settings)
    {
        using var directory = new TempDirectory();
        var file = Path.Combine(directory.Path, "apphost-manifest.json");

        await Publishing.ManifestAsync(file, [.. settings.Select(setting => (setting.Split('=')[0], setting.Split('=')[1]))]);

        var manifest = await File.ReadAllTextAsync(file);
        Assert.Empty(AzdManifest.Objections(manifest, directory.Path));
        Snapshot.Holds($"{snapshot}/manifest.json", manifest.Replace(Path.GetRelativePath(directory.Path, Repository.Root), "..", StringComparison.Ordinal));
        Assert.DoesNotContain("demo", manifest, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("standalone")]
    [InlineData("hub")]
    public void Every_secret_is_one_that_compose_asks_for_and_that_the_documented_command_fills(string snapshot)
    {
        var compose = Snapshot.Text($"{snapshot}/docker-compose.yaml");
        var secrets = AzdManifest.Secrets(Snapshot.Text($"{snapshot}/manifest.json")).Select(name => name.ToUpperInvariant().Replace('-', '_')).ToArray();
        var filled = Filled().Match(Sources.Text("deploy/fill-env")).Groups[1].Value.Split(' ');

        Assert.NotEmpty(secrets);
        Assert.All(secrets, secret =>
        {
            Assert.Contains($"${{{secret}:?", compose, StringComparison.Ordinal);
            Assert.Contains($"\n{secret}=\n", Snapshot.Text($"{snapshot}/env"), StringComparison.Ordinal);
            Assert.Contains(secret, filled);
        });
    }

    [Fact]
    public async Task Azd_recognises_the_AppHost()
    {
        var printed = await Publishing.RunAsync(Path.Combine(Repository.Root, "Waiide.AppHost"), [], ["msbuild", "Waiide.AppHost.csproj", "-getProperty:IsAspireHost"]);

        Assert.Equal("true", printed.Trim());
    }

    [GeneratedRegex("for secret in ([A-Z_ ]+); do")]
    private static partial Regex Filled();
}
