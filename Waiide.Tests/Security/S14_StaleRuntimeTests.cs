using System.Xml.Linq;
using Waiide.Tests.Build;

namespace Waiide.Tests.Security;

/// <summary>S14: holes in what we stand on. One HTTP server, Kestrel, in the product as in its tests; versions that somebody looks after.</summary>
public class S14_StaleRuntimeTests
{
    private static readonly string[] Folders = ["Waiide.AppHost", "Waiide.Gateway", "Waiide.Hub.Mock", "Waiide.ServiceDefaults", "Waiide.Tests", "embedded"];

    [Fact]
    public void Nothing_listens_by_HttpListener()
    {
        Assert.DoesNotContain(
            Folders.SelectMany(folder => Sources.Below(folder, ".cs")).Where(file => file is not ("Waiide.Tests/Build/RuntimeTests.cs" or "Waiide.Tests/Security/S14_StaleRuntimeTests.cs")),
            file => Sources.Text(file).Contains("HttpListener", StringComparison.Ordinal));
    }

    [Fact]
    public void The_runtime_and_ASP_NET_Core_are_patched()
    {
        var tests = new RuntimeTests();
        tests.The_runtime_is_patched();
        tests.ASP_NET_Core_is_patched(typeof(Microsoft.AspNetCore.Builder.WebApplication));
        tests.ASP_NET_Core_is_patched(typeof(Microsoft.AspNetCore.DataProtection.IDataProtector));
    }

    [Fact]
    public void CI_asks_for_packages_with_known_holes() =>
        Assert.Contains("package --vulnerable --include-transitive", Sources.Text(".github/workflows/ci.yml"), StringComparison.Ordinal);

    [Fact]
    public void Every_version_of_a_package_is_an_exact_one_in_one_file() =>
        Assert.All(
            XDocument.Parse(Sources.Text("Directory.Packages.props")).Descendants("PackageVersion").Select(package => package.Attribute("Version")!.Value),
            version => Assert.DoesNotContain(version, character => character is '*' or '[' or '(' or ','));
}
