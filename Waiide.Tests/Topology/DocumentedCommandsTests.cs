using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Waiide.Tests.Support;

namespace Waiide.Tests.Topology;

/// <summary>The curl commands of the documentation, against the gateway alone with the real IDE, for each way to override its ports.</summary>
public sealed class DocumentedCommandsTests
{
    private const string Token = "token-of-the-documented-commands";

    [SkippableTheory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task Health_status_and_the_IDE_answer_on_the_ports_that_were_set(bool setsPort, bool setsIdePort)
    {
        Prerequisites.Need("node", "npm", "curl", "setsid");
        using var workspace = new TempDirectory();
        using var data = new TempDirectory();
        var (port, idePort) = (Ports.Free(), Ports.Free());
        var environment = new Dictionary<string, string>
        {
            ["WAIIDE_TOKEN"] = Token,
            ["WAIIDE_WORKSPACE"] = workspace.Path,
            ["WAIIDE_DATA_DIR"] = data.Path,
            ["WAIIDE_IDE_COMMAND"] = Path.Combine(Repository.Root, "ide", "code-server"),
            // Without PORT this one holds; the default 8070 may be taken on a machine that runs tests.
            [setsPort ? "PORT" : "JUPYTERHUB_PORT"] = port.ToString(CultureInfo.InvariantCulture),
        };
        if (setsPort)
        {
            environment["JUPYTERHUB_PORT"] = Ports.Free().ToString(CultureInfo.InvariantCulture);
        }

        if (setsIdePort)
        {
            environment["VSCODE_PORT"] = idePort.ToString(CultureInfo.InvariantCulture);
        }

        await using var gateway = ChildProcess.StartDotnet("Waiide.Gateway.dll", environment);
        var site = $"http://localhost:{port}";
        await Eventually.Is(async () => (await Curl("-f", "-o", "/dev/null", site + "/health")).Code == 0, "curl -f says healthy", TimeSpan.FromMinutes(5));

        var health = JsonNode.Parse((await Curl(site + "/health")).Output)!.AsObject();
        Assert.Equal(["status", "timestamp"], health.Select(pair => pair.Key));
        Assert.Equal("healthy", health["status"]!.GetValue<string>());
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$", health["timestamp"]!.GetValue<string>());
        Assert.StartsWith("HTTP/1.1 200 OK", (await Curl("-I", site + "/health")).Output, StringComparison.Ordinal);

        var expectedIdePort = setsIdePort ? idePort : 8071;
        var status = JsonNode.Parse((await Curl("-H", "Authorization: token " + Token, site + "/api/status")).Output)!;
        Assert.Equal("running", status["services"]!["WAIIDE"]!["status"]!.GetValue<string>());
        Assert.Equal(expectedIdePort, status["services"]!["WAIIDE"]!["port"]!.GetValue<int>());
        Assert.Equal("running", status["services"]!["jupyter"]!["status"]!.GetValue<string>());
        Assert.Equal(port, status["services"]!["jupyter"]!["port"]!.GetValue<int>());
        Assert.Equal(Environment.UserName, status["environment"]!["user"]!.GetValue<string>());
        Assert.Equal("", status["environment"]!["server_name"]!.GetValue<string>());

        var ide = await Curl("-I", "-H", "Authorization: token " + Token, $"{site}/proxy/{expectedIdePort}/");
        Assert.StartsWith("HTTP/1.1 302", ide.Output, StringComparison.Ordinal); // The IDE leads to its folder.
        Assert.Contains("?folder=", ide.Output, StringComparison.Ordinal);
        Assert.Contains("Location: /login", (await Curl("-I", $"{site}/proxy/{expectedIdePort}/")).Output, StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 401", (await Curl("-I", "-H", "Sec-Fetch-Mode: cors", $"{site}/proxy/{expectedIdePort}/")).Output, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Output)> Curl(params string[] arguments)
    {
        using var curl = Process.Start(new ProcessStartInfo("curl", ["-s", "--max-time", "20", .. arguments]) { RedirectStandardOutput = true })!;
        var output = await curl.StandardOutput.ReadToEndAsync();
        await curl.WaitForExitAsync();
        return (curl.ExitCode, output);
    }
}
