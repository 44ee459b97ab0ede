using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Waiide.Tests.Support;

namespace Waiide.Tests.Hub;

/// <summary>The one command of docs/hub.md, in a terminal, with nothing set but what keeps it apart from other hubs on the machine.</summary>
public sealed partial class AloneTests
{
    [SkippableFact]
    public async Task One_command_is_a_hub_whose_administrator_starts_VS_Code_and_CtrlC_ends_it_all()
    {
        Prerequisites.Need("node", "npm", "setsid");
        using var data = new TempDirectory();
        var mark = "TEST_HUB_ALONE=" + Guid.NewGuid().ToString("N");
        var (front, api) = (Ports.Free(), Ports.Free());
        await using var terminal = Start(data.Path, mark, front, api);
        await terminal.WaitForOutput("Sign in at", TimeSpan.FromMinutes(2)); // dotnet run looks first whether there is anything to build.

        // The password is on the console, and there only.
        var password = Password().Match(terminal.Output).Groups[1].Value;
        using var browser = new Browser(new Uri($"http://127.0.0.1:{front}"));
        using (var signedIn = await browser.SignInAsync("admin", password))
        {
            Assert.Equal((HttpStatusCode.Found, "/hub/spawn"), (signedIn.StatusCode, signedIn.Headers.Location!.OriginalString));
        }

        // The login leads to the start of the default server, and that to a gateway, whose IDE may still be starting.
        await browser.OpenAsync("/hub/spawn");
        await Eventually.Is(async () => (await browser.OpenAsync("/user/admin/")).Target.StartsWith("/user/admin/", StringComparison.Ordinal), "the server is there", TimeSpan.FromMinutes(1));
        using (var answer = await browser.GetAsync("/user/admin/api/status"))
        {
            var status = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
            Assert.Equal("admin", status["environment"]!["user"]!.GetValue<string>());
            Assert.Contains(status["services"]!["WAIIDE"]!["status"]!.GetValue<string>(), (string[])["starting", "running"]);
        }

        Assert.NotEmpty(Directory.EnumerateDirectories(Path.Combine(data.Path, "waiide", "hub", "admin", "servers", "default~", "data")));
        Assert.Contains(Processes.With(mark), process => process.CommandLine.Contains("Waiide.Gateway.dll", StringComparison.Ordinal));

        // As a terminal does it: to everything in the foreground, at once.
        var clock = Stopwatch.StartNew();
        Process.Start("kill", ["-INT", "--", "-" + terminal.Id.ToString(CultureInfo.InvariantCulture)])!.WaitForExit();
        Assert.Equal(0, await terminal.WaitForExit());

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), $"It took {clock.Elapsed}."); // What a server has until it is told more firmly.
        Assert.Empty(Processes.With(mark));
    }

    private static ChildProcess Start(string data, string mark, int front, int api)
    {
        // A session of its own is what a terminal gives; and whoever runs these tests in the background has SIGINT ignored.
        var start = new ProcessStartInfo("env", ["--default-signal=INT", "setsid", "dotnet", "run", "--project", "Waiide.Hub.Mock", "--no-build", "--configuration", Repository.Configuration])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Repository.Root,
        };
        start.Environment["XDG_DATA_HOME"] = data;
        start.Environment["Hub__FrontPort"] = front.ToString(CultureInfo.InvariantCulture);
        start.Environment["Hub__ApiPort"] = api.ToString(CultureInfo.InvariantCulture);
        var (name, value) = (mark.Split('=')[0], mark.Split('=')[1]);
        start.Environment[name] = start.Environment["Hub__Spawner__Environment__" + name] = value;
        return ChildProcess.Start(start);
    }

    [GeneratedRegex("^    password  ([a-z2-9-]{23})$", RegexOptions.Multiline)]
    private static partial Regex Password();
}
