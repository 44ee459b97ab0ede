using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Waiide.Tests.Support;

namespace Waiide.Tests.Build;

/// <summary>
/// What a build in the other mode would meet first: the same project files without the folder of stand-ins, evaluated but not restored, because not every
/// machine's feed has the packages.
/// </summary>
public partial class PackagesModeTests(PackagesModeTests.WithoutStandIns copy) : IClassFixture<PackagesModeTests.WithoutStandIns>
{
    public static TheoryData<string> Projects => [.. Sources.Below(".", ".csproj").Where(file => file.StartsWith("Waiide.", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Projects))]
    public async Task A_project_asks_the_feed_for_each_of_its_packages_by_version(string project)
    {
        var evaluated = await copy.Evaluate(project);

        Assert.Equal("packages", evaluated.GetProperty("Properties").GetProperty("AspireFrom").GetString());
        Assert.All(Identities(evaluated, "ProjectReference"), reference => Assert.Contains("Waiide.", reference, StringComparison.Ordinal));
        Assert.Empty(Identities(evaluated, "PackageReference").Except(Identities(evaluated, "PackageVersion"), StringComparer.OrdinalIgnoreCase));
    }

    [Fact]
    public void The_stand_ins_replace_packages_that_have_a_version()
    {
        var names = Sources.Below("embedded", ".csproj").Select(file => Path.GetFileNameWithoutExtension(file)).Where(name => !name.EndsWith(".Tests", StringComparison.Ordinal));
        var versions = Version().Matches(Sources.Text("Directory.Packages.props")).ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value);

        Assert.Empty(names.Except(versions.Keys));
        Assert.Contains($"Sdk=\"Aspire.AppHost.Sdk/{versions["Aspire.Hosting.AppHost"]}\"", Sources.Text("Waiide.AppHost/Waiide.AppHost.csproj"), StringComparison.Ordinal);
    }

    private static IEnumerable<string> Identities(JsonElement evaluated, string item) =>
        evaluated.GetProperty("Items").GetProperty(item).EnumerateArray().Select(it => it.GetProperty("Identity").GetString()!);

    [GeneratedRegex("""<PackageVersion Include="([^"]+)" Version="([^"]+)" />""")]
    private static partial Regex Version();

    /// <summary>The project files of a repository from which someone deleted embedded/.</summary>
    public sealed partial class WithoutStandIns : IDisposable
    {
        private readonly TempDirectory _directory = new();

        public WithoutStandIns()
        {
            foreach (var file in Sources.Below(".", ".csproj", ".props", ".targets").Where(file => !file.StartsWith("embedded/", StringComparison.Ordinal)).Append("global.json"))
            {
                var target = Path.Combine(_directory.Path, file);
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);

                // An SDK of the feed is fetched as soon as a project is evaluated.
                File.WriteAllText(target, FeedSdk().Replace(Sources.Text(file), ""));
            }
        }

        public async Task<JsonElement> Evaluate(string project)
        {
            var start = new ProcessStartInfo("dotnet", ["msbuild", project, "-nologo", "-getProperty:AspireFrom", "-getItem:PackageReference,PackageVersion,ProjectReference"])
            {
                WorkingDirectory = _directory.Path,
                RedirectStandardOutput = true,
            };

            // What this very run was told must not decide what the copy says by itself.
            foreach (var name in start.Environment.Keys.Where(name => name == "AspireFrom" || name.StartsWith("MSBuild", StringComparison.OrdinalIgnoreCase)).ToArray())
            {
                start.Environment.Remove(name);
            }

            using var process = Process.Start(start)!;
            var output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            Assert.True(process.ExitCode == 0, output);
            return JsonSerializer.Deserialize<JsonElement>(output);
        }

        public void Dispose() => _directory.Dispose();

        [GeneratedRegex("""<Import Sdk="[^"]+" [^>]*/>""")]
        private static partial Regex FeedSdk();
    }
}
