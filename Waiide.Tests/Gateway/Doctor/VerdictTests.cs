using System.Net;
using Waiide.Gateway;
using Waiide.Gateway.Doctor;
using Waiide.Tests.Support;

namespace Waiide.Tests.Gateway.Doctor;

/// <summary>Verdicts on what a test cannot make this machine be.</summary>
public class VerdictTests
{
    [Theory]
    [InlineData(null, "Ok")]
    [InlineData(256L << 20, "Failure")]
    [InlineData(768L << 20, "Warning")]
    [InlineData(2L << 30, "Ok")]
    public void Memory_is_held_against_what_the_IDE_needs(long? limit, string verdict) => Is(verdict, MachineChecks.Memory(limit), "c.Spawner.mem_limit");

    [Theory]
    [InlineData(50L << 20, "Failure")]
    [InlineData(500L << 20, "Warning")]
    [InlineData(50L << 30, "Ok")]
    public void A_full_disk_is_told(long free, string verdict) => Is(verdict, MachineChecks.Space(Checks.DataDirectory, "The data directory", "/data", free, "WAIIDE_DATA_DIR=…"), "WAIIDE_DATA_DIR");

    [Theory]
    [InlineData(256, "Failure")]
    [InlineData(1024, "Warning")]
    [InlineData(65536, "Ok")]
    [InlineData(long.MaxValue, "Ok")]
    public void Few_open_files_are_told(long limit, string verdict) => Is(verdict, MachineChecks.OpenFiles(limit), "ulimit -n");

    [Theory]
    [InlineData(8192, "Warning")]
    [InlineData(524288, "Ok")]
    public void Few_watches_are_told(long watches, string verdict) => Is(verdict, MachineChecks.Inotify(watches), "fs.inotify.max_user_watches");

    [Theory]
    [InlineData("Max open files            1024                 4096                 files     ", 4096)]
    [InlineData("Max open files            1024                 unlimited            files     ", long.MaxValue)]
    [InlineData("Max locked memory         1024                 4096                 bytes     ", long.MaxValue)]
    public void The_hard_limit_counts(string line, long limit) => Assert.Equal(limit, MachineChecks.Limit([line], "Max open files"));

    [Theory]
    [InlineData("127.0.0.1", true, null, "Ok")]
    [InlineData("127.0.0.1", false, null, "Failure")]
    [InlineData("0.0.0.0", false, null, "Ok")]
    [InlineData("0.0.0.0", false, 8888, "Warning")]
    public void A_loopback_address_is_no_place_for_a_hub_elsewhere(string address, bool hubIsHere, int? hubSidePort, string verdict) =>
        Is(verdict, GatewayChecks.ServiceUrl(new GatewayOptions { Address = IPAddress.Parse(address), HubSidePort = hubSidePort }, hubIsHere), "c.Spawner.");

    [Theory]
    [InlineData("https://hub.example.org/", true)]
    [InlineData("http://127.0.0.1:8000/", true)]
    [InlineData("http://[::1]:8000/", true)]
    [InlineData("http://localhost:8000/", true)]
    [InlineData("http://hub:8000/", false)]
    [InlineData("http://10.0.0.3:8000/", false)]
    public void The_servers_token_goes_nowhere_in_the_clear(string front, bool mayCarry) => Assert.Equal(mayCarry, FrontChecks.MayCarryToken(new Uri(front)));

    [Theory]
    [InlineData("https://hub.example.org/", "https", true, "Ok")]
    [InlineData("https://hub.example.org/", "unknown", false, "Warning")]
    [InlineData("https://hub.example.org/", "http", true, "Failure")]
    [InlineData("https://hub.example.org/", "unknown", true, "Failure")]
    [InlineData("http://hub.example.org/", "unknown", false, "Ok")]
    [InlineData("http://hub.example.org/", "https", true, "Failure")]
    public void A_lost_scheme_is_told(string front, string seen, bool peerIsTrusted, string verdict)
    {
        var finding = FrontChecks.Scheme(new Uri(front), seen, peerIsTrusted, "10.0.0.3");
        Is(verdict, finding, peerIsTrusted ? "X-Forwarded-Proto" : "WAIIDE_TRUSTED_PROXIES=10.0.0.3");
    }

    [Theory]
    [InlineData("/user/ada%40x.org/api/status", "Ok")]
    [InlineData("/user/ada@x.org/api/status", "Warning")]
    public void A_path_that_a_proxy_spells_anew_is_told(string seen, string verdict)
    {
        var status = new System.Text.Json.Nodes.JsonObject { ["services"] = new System.Text.Json.Nodes.JsonObject { ["WAIIDE"] = "" }, ["proxy"] = new System.Text.Json.Nodes.JsonObject { ["path"] = seen } };
        Is(verdict, FrontChecks.Way(new Uri("https://hub.example.org/user/ada%40x.org/"), new Dial.Answer(200, status, null, null, ""), isCertain: true), "proxy_pass http://hub:8000;");
    }

    [Theory]
    [InlineData("https://hub.example.org/", "hub.example.org", "Ok")]
    [InlineData("https://hub.example.org/", "hub.example.org:443", "Ok")]
    [InlineData("https://hub.example.org:8443/", "hub.example.org", "Failure")]
    [InlineData("https://hub.example.org/", "hub:8000", "Failure")]
    public void A_rewritten_host_is_told(string front, string seen, string verdict) => Is(verdict, FrontChecks.Host(new Uri(front), seen), "$http_host");

    [Theory]
    [InlineData("3.0.0", true)]
    [InlineData("6.0.0b2", true)]
    [InlineData("2.3.1", false)]
    [InlineData("7.0.0", false)]
    [InlineData("?", false)]
    public void Hubs_of_unknown_versions_are_told(string version, bool isKnown) => Assert.Equal(isKnown, Waiide.Gateway.Hub.HubVersion.IsKnown(version));

    [Fact]
    public void The_page_on_troubleshooting_has_a_row_for_each_check_and_no_other()
    {
        var rows = File.ReadLines(Path.Combine(Repository.Root, "docs", "troubleshooting.md"))
            .SkipWhile(line => !line.StartsWith("| check |", StringComparison.Ordinal)).Skip(2).TakeWhile(line => line.Length > 0).Select(line => line.Split('`')[1]);

        Assert.Equal(Checks.All, rows);
    }

    private static void Is(string verdict, Finding finding, string fix)
    {
        Assert.Equal(verdict, finding.Verdict.ToString());
        Assert.True(finding.Verdict == Verdict.Ok ? finding.Fix is null : finding.Fix!.Contains(fix, StringComparison.Ordinal), finding.Fix);
    }
}
