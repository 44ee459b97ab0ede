using System.Text.RegularExpressions;
using Waiide.Tests.Support;

namespace Waiide.Tests.Build;

public partial class AzureTests
{
    // azd takes an AppHost only as the one service of azure.yaml, in dotnet, on Container Apps, and finds it by its project file.
    [Fact]
    public void Azure_yaml_names_the_AppHost_as_its_only_service()
    {
        var lines = Sources.Text("azure.yaml").Split('\n').Where(line => line.Length > 0 && !line.StartsWith('#')).ToArray();

        Assert.Equal("name: waiide", lines[0]);
        Assert.Equal("services:", lines[1]);
        Assert.Matches(Service(), lines[2]);
        Assert.Equal(["    project: ./Waiide.AppHost/Waiide.AppHost.csproj", "    language: dotnet", "    host: containerapp"], lines[3..]);
        Assert.True(File.Exists(Path.Combine(Repository.Root, "Waiide.AppHost/Waiide.AppHost.csproj")));
    }

    [GeneratedRegex("^  [a-z]+:$")]
    private static partial Regex Service();
}
