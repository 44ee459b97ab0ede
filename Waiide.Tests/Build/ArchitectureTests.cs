using System.Text.RegularExpressions;
using System.Xml.Linq;
using Waiide.Hub.Mock;

namespace Waiide.Tests.Build;

/// <summary>Who may know whom.</summary>
public partial class ArchitectureTests
{
    private static readonly Dictionary<string, string[]> Projects = new()
    {
        ["Waiide.AppHost"] = ["Waiide.Gateway", "Waiide.Hub.Mock"],
        ["Waiide.Gateway"] = ["Waiide.ServiceDefaults"],
        ["Waiide.Hub.Mock"] = ["Waiide.Gateway", "Waiide.ServiceDefaults"], // The gateway only to have it built: the hub starts it.
        ["Waiide.ServiceDefaults"] = [],
        ["Waiide.Tests"] = ["Bench.Authorize", "Bench.Upstream", "Bench.Yarp", "Sample.Recorder", "Waiide.AppHost", "Waiide.Gateway", "Waiide.Hub.Mock"],
    };

    // The gateway's folders. Its root is GatewayOptions, which everybody knows, and Program, which knows everybody.
    private static readonly Dictionary<string, string[]> Stages = new()
    {
        ["Edge"] = [],
        ["Hub"] = [],
        ["Ide"] = [],
        ["Auth"] = ["Hub"],
        ["Api"] = ["Ide", "Hub"],
        ["Assets"] = ["Ide"],
        ["Proxy"] = ["Assets", "Ide", "Activity"],
        ["Activity"] = ["Hub"],
        ["Doctor"] = ["Hub", "Ide"],
        ["Open"] = ["Ide"],
    };

    // The hub's folders. Its root is the settings, what profiles differ in, and how failures are told; everybody knows these, and Program knows everybody.
    private static readonly Dictionary<string, string[]> HubStages = new()
    {
        ["State"] = [],
        ["Pages"] = ["State"], // What a page looks like. How one gets there is in PageEndpoints.
        ["Auth"] = ["State", "Pages"],
        ["OAuth"] = ["Auth", "State", "Pages"],
        ["Front"] = ["State", "Pages"],
        ["Servers"] = ["State", "Front"],
        [PageEndpoints] = ["Auth", "Pages", "Servers", "State"],
        ["Api"] = ["Auth", "Front", "Servers", "State"],
        ["Faults"] = ["Api", "Auth", "Front", "Pages", "State"], // Whom nobody knows: without them the hub is the same.
    };

    private const string PageEndpoints = "Pages/*Endpoints.cs";

    public static TheoryData<string> HubStageNames => [.. HubStages.Keys];

    public static TheoryData<string> ProjectNames => [.. Projects.Keys];

    public static TheoryData<string> StageNames => [.. Stages.Keys];

    [Theory]
    [MemberData(nameof(ProjectNames))]
    public void A_project_references_only_the_projects_it_may_know(string project)
    {
        var references = XDocument.Parse(Sources.Text($"{project}/{project}.csproj")).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value));

        Assert.Equal(Projects[project], references.Order(StringComparer.Ordinal));
    }

    // What the hub knows of the gateway is a path; to servers it is a JupyterHub like any other.
    [Fact]
    public void The_hub_knows_no_type_of_the_gateway()
    {
        Assert.DoesNotContain(typeof(HubOptions).Assembly.GetReferencedAssemblies(), assembly => assembly.Name == "Waiide.Gateway");
        Assert.DoesNotContain(Sources.Below("Waiide.Hub.Mock", ".cs"), file => Sources.Text(file).Contains("Waiide.Gateway.", StringComparison.Ordinal) && !file.EndsWith("/GatewayServer.cs", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(StageNames))]
    public void A_stage_of_the_gateway_uses_only_the_stages_it_may_know(string stage)
    {
        var uses =
            from file in Sources.Below("Waiide.Gateway", ".cs")
            where file.StartsWith($"Waiide.Gateway/{stage}/", StringComparison.Ordinal)
            from Match use in GatewayStage().Matches(Sources.Text(file))
            let used = use.Groups[1].Value
            where used != stage && Stages.ContainsKey(used) && !Stages[stage].Contains(used)
            select $"{file} uses {used}.";

        Assert.Empty(uses);
    }

    [Fact]
    public void Every_folder_of_the_gateway_is_a_stage_of_which_this_test_knows()
    {
        var folders = Sources.Below("Waiide.Gateway", ".cs").Select(file => file.Split('/')).Where(path => path.Length > 2).Select(path => path[1]).Distinct();

        Assert.Empty(folders.Except(Stages.Keys));
    }

    [Theory]
    [MemberData(nameof(HubStageNames))]
    public void A_folder_of_the_hub_uses_only_the_folders_it_may_know(string stage)
    {
        var uses =
            from file in Sources.Below("Waiide.Hub.Mock", ".cs")
            where HubStageOf(file) == stage
            from Match use in HubStage().Matches(Sources.Text(file))
            let used = use.Groups[1].Value
            where used != stage.Split('/')[0] && HubStages.ContainsKey(used) && !HubStages[stage].Contains(used)
            select $"{file} uses {used}.";

        Assert.Empty(uses);
    }

    [Fact]
    public void The_hubs_folders_are_those_of_which_this_test_knows_and_each_is_above_what_it_uses()
    {
        var folders = Sources.Below("Waiide.Hub.Mock", ".cs").Select(HubStageOf).OfType<string>().Distinct();
        Assert.Equal(HubStages.Keys.Order(StringComparer.Ordinal), folders.Order(StringComparer.Ordinal));

        // In the order of the table nobody knows a later one: there are no circles.
        var order = HubStages.Keys.ToList();
        Assert.All(HubStages, stage => Assert.All(stage.Value, used => Assert.True(order.IndexOf(used) < order.IndexOf(stage.Key), $"{stage.Key} knows {used}, which comes after it.")));
    }

    // Aliases and namespaces for a whole project would be a way around the rules above.
    [Theory]
    [InlineData("Waiide.Gateway")]
    [InlineData("Waiide.Hub.Mock")]
    public void There_are_no_global_usings(string project) =>
        Assert.DoesNotContain(Sources.Below(project, ".cs", ".csproj"), file => GlobalUsing().IsMatch(Sources.Text(file)));

    [Fact]
    public void The_product_never_names_what_is_embedded()
    {
        var mentions =
            from project in Projects.Keys
            from file in Sources.Below(project, ".cs", ".csproj", ".props", ".targets", ".json", ".razor")
            where !file.StartsWith("Waiide.Tests/Build/", StringComparison.Ordinal)
            where Embedded().IsMatch(Sources.Text(file))
            select file;

        Assert.Empty(mentions);
    }

    [Fact]
    public void What_is_embedded_never_names_the_product()
    {
        var mentions =
            from file in Sources.Below("embedded", ".cs", ".csproj", ".props", ".targets", ".json", ".razor", ".sln")
            where Sources.Text(file).Contains("Waiide", StringComparison.OrdinalIgnoreCase)
            select file;

        Assert.Empty(mentions);
    }

    [Fact]
    public void The_solution_has_the_products_projects_only()
    {
        var projects = SolutionProject().Matches(Sources.Text("Waiide.sln")).Select(match => match.Groups[1].Value);

        Assert.Equal(Projects.Keys.Order(StringComparer.Ordinal), projects.Order(StringComparer.Ordinal));
    }

    // Null for what stands in the hub's root.
    private static string? HubStageOf(string file) => file.Split('/') switch
    {
        [_, "Pages", var name] when name.EndsWith("Endpoints.cs", StringComparison.Ordinal) => PageEndpoints,
        [_, var folder, ..] and { Length: > 2 } => folder,
        _ => null,
    };

    [GeneratedRegex(@"\bWaiide\.Hub\.Mock\.(\w+)")]
    private static partial Regex HubStage();

    [GeneratedRegex(@"\bWaiide\.Gateway\.(\w+)")]
    private static partial Regex GatewayStage();

    [GeneratedRegex(@"^\s*global using |<Using ", RegexOptions.Multiline)]
    private static partial Regex GlobalUsing();

    [GeneratedRegex(@"\bembedded[/\\]|(?<!Waiide\.Tests)\.Embedded\b")]
    private static partial Regex Embedded();

    // Project("{...}") = "Waiide.Gateway", "Waiide.Gateway\Waiide.Gateway.csproj", "{...}"
    [GeneratedRegex("""^Project\("[^"]+"\) = "[^"]+", "[^"]*?([^"\\/]+)\.csproj",""", RegexOptions.Multiline)]
    private static partial Regex SolutionProject();
}
