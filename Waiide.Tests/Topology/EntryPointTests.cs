using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.Hosting;

namespace Waiide.Tests.Topology;

public sealed class EntryPointTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(40);

    [Fact]
    public async Task The_AppHost_is_described_by_its_own_entry_point_and_the_test_changes_the_description()
    {
        using var limit = new CancellationTokenSource(Limit);
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.Waiide_AppHost>(["Parameters:made-by=the test"], limit.Token);

        Assert.Contains(builder.Resources, resource => resource is ProjectResource { Name: "gateway" });
        Assert.Equal(Projects.Waiide_AppHost.ProjectPath, builder.AppHostDirectory);
        Assert.Equal("the test", builder.Configuration["Parameters:made-by"]);
        Assert.True(builder.ExecutionContext.IsRunMode);
        Assert.Equal("Waiide.AppHost", builder.Environment.ApplicationName);
        Assert.True(builder.Environment.IsDevelopment());

        builder.Resources.Clear();
        builder.AddExecutable("only", "sh", ".", "-c", "pwd; exec sleep 100");
        await using var app = await builder.BuildAsync(limit.Token);
        await app.StartAsync(limit.Token);
        var running = await app.ResourceNotifications.WaitForResourceHealthyAsync("only", limit.Token);
        Assert.Equal(KnownResourceStates.Running, running.Snapshot.State?.Text);
        await app.StopAsync(limit.Token);
    }

    /// <summary>The gateway cannot know that port, and a dev server is asked for on the same machine.</summary>
    [Fact]
    public async Task The_gateway_is_told_to_refuse_its_public_port()
    {
        var variables = await VariablesOf("gateway", "--WAIIDE_DENIED_PORTS=5432");

        var denied = Assert.IsType<ReferenceExpression>(variables["WAIIDE_DENIED_PORTS"]);
        // Between them are the dashboard's, as the launch profile says.
        Assert.Matches(@"^\{gateway\.bindings\.http\.port\},(\d+,)*5432$", denied.ValueExpression);
    }

    /// <summary>Its users' gateways are on this machine too, and learn from the hub what they have to refuse.</summary>
    [Fact]
    public async Task The_hub_is_told_to_have_its_gateways_refuse_the_dashboards_ports()
    {
        var variables = await VariablesOf("hub", "--ASPNETCORE_URLS=http://localhost:15100", "--ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL=http://localhost:15101", "--WAIIDE_DENIED_PORTS=5432");

        Assert.Matches(@"^15100,(\d+,)*15101,(\d+,)*5432$", Assert.IsType<string>(variables["Hub__Spawner__DeniedPorts"]));
    }

    [Fact]
    public async Task An_AppHost_that_is_never_started_is_let_go()
    {
        using var limit = new CancellationTokenSource(Limit);
        await using (var described = await DistributedApplicationTestingBuilder.CreateAsync<Projects.Waiide_AppHost>([], limit.Token))
        {
            Assert.NotEmpty(described.Resources);
        }

        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.Waiide_AppHost>(limit.Token);
        await using var built = await builder.BuildAsync(limit.Token);
        Assert.NotNull(built.Services);
    }

    [Fact]
    public async Task A_failure_of_the_start_reaches_the_test()
    {
        using var limit = new CancellationTokenSource(Limit);
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.Waiide_AppHost>(limit.Token);
        builder.Eventing.Subscribe<BeforeStartEvent>((_, _) => throw new InvalidTimeZoneException("Not today."));
        await using var app = await builder.BuildAsync(limit.Token);
        var failure = await Assert.ThrowsAsync<InvalidTimeZoneException>(() => app.StartAsync(limit.Token));
        Assert.Equal("Not today.", failure.Message);
    }

    private static async Task<Dictionary<string, object>> VariablesOf(string name, params string[] arguments)
    {
        using var limit = new CancellationTokenSource(Limit);
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.Waiide_AppHost>(arguments, limit.Token);
        var resource = builder.Resources.Single(resource => resource.Name == name);
        var context = new EnvironmentCallbackContext(builder.ExecutionContext, resource);
        foreach (var variable in resource.Annotations.OfType<EnvironmentCallbackAnnotation>().ToArray())
        {
            await variable.Callback(context);
        }

        return context.EnvironmentVariables;
    }
}
