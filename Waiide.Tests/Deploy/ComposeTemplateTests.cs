using System.Text.RegularExpressions;
using Waiide.Tests.Support;

namespace Waiide.Tests.Deploy;

/// <summary>The templates for one container run as they are, on the ports that they name: closed, by the link in the log, and with files that stay.</summary>
public sealed partial class ComposeTemplateTests
{
    [SkippableFact]
    public async Task The_smallest_one_lets_in_who_has_the_link_of_its_log_and_nobody_else()
    {
        await using var project = await ComposeProject.OfAsync("minimal.yaml", isApart: true);
        await UpAsync(project);

        await IsClosedBelow(project, "/user/testuser/testuser-waiide-abc123/");
        Assert.Contains("<!-- Workbench", await OpenAsync(project, await LinkAsync(project)), StringComparison.OrdinalIgnoreCase);
    }

    [SkippableFact]
    public async Task The_one_for_a_user_keeps_files_and_link_over_down_and_up_and_comes_back_when_it_is_killed()
    {
        await using var project = await ComposeProject.OfAsync("per-user.yaml", isApart: true);
        await UpAsync(project, "RANDOM_SUFFIX=1a2b3c\n");

        await IsClosedBelow(project, "/user/ada/ada-waiide-1a2b3c/");
        var link = await LinkAsync(project);
        Assert.Equal("waiide-data:/home/calliope", (await project.InspectAsync("waiide", "{{range .Mounts}}{{.Name}}:{{.Destination}}{{end}}")).Replace(project.Name + "_", "", StringComparison.Ordinal));
        await project.ExecAsync("waiide", "sh", "-c", "echo Dear reader > letter.txt");
        await project.DownAsync();
        await project.UpAsync();
        await IsHealthy(project);
        Assert.Equal("Dear reader", await project.ExecAsync("waiide", "cat", "letter.txt"));
        Assert.Equal(link, await LinkAsync(project));

        Assert.Equal("unless-stopped", await project.InspectAsync("waiide", "{{.HostConfig.RestartPolicy.Name}}"));
        await project.HereAsync("kill", "-KILL", await project.InspectAsync("waiide", "{{.State.Pid}}"));
        await Eventually.Is(async () => await project.InspectAsync("waiide", "{{.State.Running}} {{.RestartCount}}") == "true 1", "it is started again");
        await IsHealthy(project);
    }

    private static async Task UpAsync(ComposeProject project, string environment = "")
    {
        // In the project's own storage: whose image has this name on this machine keeps it.
        await project.HereAsync("podman", "tag", await WaiideContainer.ImageAsync(), "docker.io/calliopeai/waiide:latest");
        await File.WriteAllTextAsync(Path.Combine(project.Folder, ".env"), environment);
        await project.UpAsync();
        await IsHealthy(project);
    }

    private static Task IsHealthy(ComposeProject project) => Eventually.Is(async () => await StatusAsync(project, "http://localhost:8070/health") == "200", "it is healthy");

    private static async Task IsClosedBelow(ComposeProject project, string prefix)
    {
        Assert.Equal("200", await StatusAsync(project, $"http://localhost:8070{prefix}health"));
        Assert.Equal("401", await StatusAsync(project, $"http://localhost:8070{prefix}"));
        Assert.Equal("401", await StatusAsync(project, $"http://localhost:8070{prefix}login?token=wrong", "navigate"));
        Assert.Equal("404", await StatusAsync(project, "http://localhost:8070/"));
        Assert.Contains($"\r\nLocation: {prefix}login", await project.CurlAsync("--include", "--header", "Sec-Fetch-Mode: navigate", "--header", "Accept: text/html", $"http://localhost:8070{prefix}"), StringComparison.OrdinalIgnoreCase);
    }

    private static async Task<string> LinkAsync(ComposeProject project)
    {
        var log = await project.LogsAsync("waiide");
        var link = Link().Match(log);
        Assert.True(link.Success, log);
        return link.Value;
    }

    /// <summary>The page that a person gets to by a link, with the cookies that they are given on the way.</summary>
    private static Task<string> OpenAsync(ComposeProject project, string link) =>
        project.CurlAsync("--location", "--cookie", "", "--header", "Sec-Fetch-Mode: navigate", "--header", "Accept: text/html", link);

    // What a script hears unless it says otherwise; it is not led to a login. While it starts nobody may answer yet.
    private static async Task<string> StatusAsync(ComposeProject project, string address, string mode = "cors") =>
        (await project.HereAsync("sh", "-c", $"curl --silent --max-time 10 --header 'Sec-Fetch-Mode: {mode}' --output /dev/null --write-out '%{{http_code}}' '{address}' || true")).Trim();

    [GeneratedRegex(@"http://localhost:8070/\S+/login\?token=\S+")]
    private static partial Regex Link();
}
