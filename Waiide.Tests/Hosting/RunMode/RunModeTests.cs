using Waiide.Tests.Support;

namespace Waiide.Tests.Hosting.RunMode;

/// <summary>The stand-ins start each resource of the sample as the real packages asked their orchestrator to.</summary>
public sealed class RunModeTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    // What the recorded AppHost was given: its launch profile, and the place where its telemetry went.
    private static readonly string[] Variables =
    [
        "DOTNET_ENVIRONMENT=Development", "ASPNETCORE_ENVIRONMENT=Development", "DOTNET_LAUNCH_PROFILE=https", "ASPIRE_ALLOW_UNSECURED_TRANSPORT=true",
        "ASPNETCORE_URLS=http://localhost:15100", "ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL=http://localhost:21100",
        "Parameters__ide_password=pw1", "Parameters__hub_token=tok1", "Waiide__Front=true",
    ];

    [SkippableFact]
    public async Task Every_resource_gets_the_recorded_environment_arguments_folder_and_ports()
    {
        Prerequisites.Need("node", "unshare", "ip", "setsid");
        await using var run = SampleRun.Start("AppHost", Variables);

        // The last one of all: it waits for the gateway, which waits for the others.
        await Eventually.Is(() => run.Engine.Container("front") is not null || run.Process.HasExited, $"the front is started. {run.Process.Output}", Limit);

        var recorded = RecordedRun.Read();
        Assert.Equal(recorded.Process("seed-workspace"), Normal.Process(run, "seed-workspace", "mkdir"));
        Assert.Equal(recorded.Process("hub"), Normal.Process(run, "hub", "Waiide.Hub.Mock"));
        Assert.Equal(recorded.Process("gateway"), Normal.Process(run, "gateway", "Waiide.Gateway"));
        Assert.Equal(recorded.Container("ide"), Normal.Container(run, "ide"));
        Assert.Equal(recorded.Container("front"), Normal.Container(run, "front"));
        Assert.Empty(recorded.PublicPorts.Except(run.Listening()));
        Assert.Superset(new HashSet<int>([15100, 21100]), run.Listening().ToHashSet()); // The dashboard's.
    }

    // What the comparison above would let through is not held: each of these is noticed, and the list of differences is as long as it says.
    [Theory]
    [InlineData("hub", "OTEL_SERVICE_NAME=hub", "OTEL_SERVICE_NAME=hob")]
    [InlineData("hub", "OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:21100", "OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:21101")]
    [InlineData("hub", "ASPNETCORE_URLS=http://localhost:", "ASPNETCORE_URLS=http://127.0.0.1:")]
    [InlineData("gateway", "HUB_HTTP=http://localhost:5081", "HUB_HTTP=http://localhost:5082")]
    [InlineData("gateway", "Ide__Address=http://localhost:28156", "Ide__Address=https://localhost:28156")]
    [InlineData("gateway", "--no-build", "--no-restore")]
    [InlineData("gateway", "folder <folder>/Waiide.Gateway", "folder <folder>")]
    [InlineData("gateway", "Hub__ApiToken=tok1", "Hub__ApiToken=pw1")]
    public void Another_value_is_noticed(string resource, string there, string other)
    {
        var recorded = RecordedRun.Read().Process(resource, normalise: false);
        var changed = recorded.Select(line => line.Replace(there, other, StringComparison.Ordinal)).ToArray();

        Assert.NotEqual(recorded, changed);
        Assert.NotEqual(recorded.Select(Normal.Line), changed.Select(Normal.Line));
    }

    [Fact]
    public void The_fields_that_may_differ_are_these() => Assert.Equal(
        [
            "the folder of the solution",
            "the folder above a project file, which the recorded projects lacked",
            "the configuration that everything was built in",
            "the id of a run",
            "the key of the dashboard",
            "gRPC there, HTTP with protobuf here",
            "private ports",
            "the kept port of a persistent container",
            "the port by which containers reach the host",
        ],
        Normal.Differences);
}
