using System.Diagnostics;
using System.IO.Compression;
using System.Text.Json;
using System.Text.RegularExpressions;
using Waiide.Tests.Support;

namespace Waiide.Tests.Build;

/// <summary>
/// What a build in the other mode would meet first: the same project files without the folder of stand-ins, evaluated but not restored, because not every
/// machine's feed has the packages. The one package that an evaluation already fetches, the AppHost's SDK, is in a feed of the test's own.
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
        Assert.All(Identities(evaluated, "ProjectReference"), reference => Assert.True(copy.Has(Path.Combine(Path.GetDirectoryName(project)!, reference)), reference));
        Assert.Empty(Identities(evaluated, "PackageReference").Except(Identities(evaluated, "PackageVersion"), StringComparer.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task The_AppHost_imports_the_SDK_of_the_feed_in_the_version_of_the_packages()
    {
        var evaluated = (await copy.Evaluate("Waiide.AppHost/Waiide.AppHost.csproj")).GetProperty("Properties");

        Assert.Equal(WithoutStandIns.AspireVersion, evaluated.GetProperty("SdkPropsOfTheFeed").GetString());
        Assert.Equal(WithoutStandIns.AspireVersion, evaluated.GetProperty("SdkTargetsOfTheFeed").GetString());
        Assert.Equal(WithoutStandIns.AspireVersion, evaluated.GetProperty("AspireHostingSDKVersion").GetString());
    }

    [Fact]
    public void The_stand_ins_replace_packages_that_have_a_version()
    {
        var names = Sources.Below("embedded", ".csproj").Select(file => Path.GetFileNameWithoutExtension(file)).Where(name => !name.EndsWith(".Tests", StringComparison.Ordinal));

        // The dashboard is no package that anybody refers to: with the real ones it comes along with the AppHost's SDK.
        Assert.Equal(["Aspire.Dashboard"], names.Except(Versions.Keys));
    }

    private static Dictionary<string, string> Versions =>
        Version().Matches(Sources.Text("Directory.Packages.props")).ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value);

    private static IEnumerable<string> Identities(JsonElement evaluated, string item) =>
        evaluated.GetProperty("Items").GetProperty(item).EnumerateArray().Select(it => it.GetProperty("Identity").GetString()!);

    [GeneratedRegex("""<PackageVersion Include="([^"]+)" Version="([^"]+)" />""")]
    private static partial Regex Version();

    /// <summary>The project files of a repository from which someone deleted embedded/, beside a feed that has the AppHost's SDK and nothing else.</summary>
    public sealed class WithoutStandIns : IDisposable
    {
        private readonly TempDirectory _directory = new();

        public WithoutStandIns()
        {
            foreach (var file in Sources.Below(".", ".csproj", ".props", ".targets").Where(file => !file.StartsWith("embedded/", StringComparison.Ordinal)).Append("global.json"))
            {
                Write(file, Sources.Text(file));
            }

            Write("NuGet.config", """<configuration><packageSources><clear /><add key="feed" value="feed" /></packageSources></configuration>""");
            Directory.CreateDirectory(Path.Combine(_directory.Path, "feed"));
            using var package = ZipFile.Open(Path.Combine(_directory.Path, "feed", $"Aspire.AppHost.Sdk.{AspireVersion}.nupkg"), ZipArchiveMode.Create);
            Add(package, "Aspire.AppHost.Sdk.nuspec", $"<package><metadata><id>Aspire.AppHost.Sdk</id><version>{AspireVersion}</version><authors>test</authors><description>test</description></metadata></package>");
            foreach (var part in (string[])["Props", "Targets"])
            {
                Add(package, $"Sdk/Sdk.{part.ToLowerInvariant()}", $"<Project><PropertyGroup><Sdk{part}OfTheFeed>{AspireVersion}</Sdk{part}OfTheFeed></PropertyGroup></Project>");
            }
        }

        public static string AspireVersion => Versions["Aspire.Hosting.AppHost"];

        public bool Has(string file) => File.Exists(Path.Combine(_directory.Path, file));

        public async Task<JsonElement> Evaluate(string project)
        {
            var start = new ProcessStartInfo("dotnet",
                ["msbuild", project, "-nologo", "-getProperty:AspireFrom,AspireHostingSDKVersion,SdkPropsOfTheFeed,SdkTargetsOfTheFeed", "-getItem:PackageReference,PackageVersion,ProjectReference"])
            {
                WorkingDirectory = _directory.Path,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };

            // What this very run was told must not decide what the copy says by itself.
            foreach (var name in start.Environment.Keys.Where(name => name == "AspireFrom" || name.StartsWith("MSBuild", StringComparison.OrdinalIgnoreCase)).ToArray())
            {
                start.Environment.Remove(name);
            }

            // The real SDK may be in the machine's own folder, and the test's must not get there.
            start.Environment["NUGET_PACKAGES"] = Path.Combine(_directory.Path, "packages");

            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            Assert.True(process.ExitCode == 0, output + await errors);
            return JsonSerializer.Deserialize<JsonElement>(output);
        }

        public void Dispose() => _directory.Dispose();

        private void Write(string file, string text)
        {
            var target = Path.Combine(_directory.Path, file);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.WriteAllText(target, text);
        }

        private static void Add(ZipArchive package, string file, string text)
        {
            using var writer = new StreamWriter(package.CreateEntry(file).Open());
            writer.Write(text);
        }
    }
}
