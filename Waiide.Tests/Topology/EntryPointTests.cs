using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Waiide.Tests.Support;

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

        builder.Resources.Clear();
        builder.AddExecutable("only", "sh", ".", "-c", "pwd; exec sleep 100");
        await using var app = await builder.BuildAsync(limit.Token);
        await app.StartAsync(limit.Token);
        var running = await app.ResourceNotifications.WaitForResourceHealthyAsync("only", limit.Token);
        Assert.Equal(KnownResourceStates.Running, running.Snapshot.State?.Text);
        await app.StopAsync(limit.Token);
    }

    [Fact]
    public async Task An_AppHost_under_test_has_the_defaults_of_tests_then_what_its_launch_profile_says()
    {
        using var limit = new CancellationTokenSource(Limit);
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.Waiide_AppHost>(limit.Token);

        Assert.Equal("true", builder.Configuration["DcpPublisher:RandomizePorts"]);
        Assert.Equal("true", builder.Configuration["DcpPublisher:WaitForResourceCleanup"]);
        Assert.Equal("00:00:30", builder.Configuration["DcpPublisher:ContainerRuntimeInitializationTimeout"]);
        Assert.Equal("http://localhost:8080", builder.Configuration["ASPNETCORE_URLS"]);
        Assert.Equal("http://localhost:4317", builder.Configuration["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"]); // Another one in the profile.
        Assert.Equal("true", builder.Configuration["ASPIRE_ALLOW_UNSECURED_TRANSPORT"]);
        Assert.DoesNotContain(builder.Services, service => service.ServiceType == typeof(IHostedService) && service.ImplementationType?.Name.StartsWith("Dashboard", StringComparison.Ordinal) == true);
        Assert.Equal(Projects.Waiide_AppHost.ProjectPath, builder.Environment.ContentRootPath);

        Assert.Equal("http://localhost:15102", builder.Configuration["ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL"]);
        Assert.Equal("http", builder.Configuration["DOTNET_LAUNCH_PROFILE"]);
        Assert.True(builder.Environment.IsDevelopment());

        // These tests have no launch profile: the host's own default.
        await using var described = DistributedApplicationTestingBuilder.Create();
        Assert.Equal(Environment.GetEnvironmentVariable("DOTNET_ENVIRONMENT") ?? Environments.Production, described.Environment.EnvironmentName);
    }

    [Fact]
    public async Task What_an_argument_asks_for_wins_over_both()
    {
        using var limit = new CancellationTokenSource(Limit);
        string[] asked =
        [
            "--environment=Testing", "ASPNETCORE_URLS=http://localhost:1", "ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL=http://localhost:2",
            "--operation", "publish", "--step", "publish", "--output-path", Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()),
        ];
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.Waiide_AppHost>(asked, limit.Token);
        Assert.Equal("Testing", builder.Environment.EnvironmentName);
        Assert.Equal("http://localhost:1", builder.Configuration["ASPNETCORE_URLS"]);
        Assert.Equal("http://localhost:2", builder.Configuration["ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL"]);
        Assert.True(builder.ExecutionContext.IsPublishMode);

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            DistributedApplicationTestingBuilder.CreateAsync<Projects.Waiide_AppHost>(["DOTNET_LAUNCH_PROFILE=missing"], limit.Token));
        Assert.Contains("'missing'", refusal.Message, StringComparison.Ordinal);
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

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task What_runs_ends_when_the_builder_or_the_application_is_let_go(bool hasEntryPoint, bool isTheBuilder)
    {
        using var limit = new CancellationTokenSource(Limit);
        var builder = hasEntryPoint ? await DistributedApplicationTestingBuilder.CreateAsync<Projects.Waiide_AppHost>(limit.Token) : DistributedApplicationTestingBuilder.Create();
        var (app, process) = await RunSleepAsync(builder, limit.Token);

        await (isTheBuilder ? builder.DisposeAsync() : app.DisposeAsync());

        await Eventually.Is(() => !Directory.Exists($"/proc/{process}"), "the process ends");
    }

    [Fact]
    public async Task An_AppHost_that_does_not_end_has_the_time_that_a_host_has_and_no_more()
    {
        using var limit = new CancellationTokenSource(Limit);
        var mayStop = new TaskCompletionSource();
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.Waiide_AppHost>(limit.Token);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(0.5));
        builder.Services.AddHostedService(_ => new Stubborn(mayStop.Task));
        var (_, process) = await RunSleepAsync(builder, limit.Token);

        await builder.DisposeAsync().AsTask().WaitAsync(limit.Token);

        await Eventually.Is(() => !Directory.Exists($"/proc/{process}"), "the process ends");
        mayStop.SetResult();
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

    /// <summary>Runs a process instead of all that is described.</summary>
    private static async Task<(DistributedApplication Application, object? Process)> RunSleepAsync(IDistributedApplicationTestingBuilder builder, CancellationToken cancellationToken)
    {
        builder.Resources.Clear();
        builder.AddExecutable("only", "sleep", ".", "1000");
        var app = await builder.BuildAsync(cancellationToken);
        await app.StartAsync(cancellationToken);
        var running = await app.ResourceNotifications.WaitForResourceHealthyAsync("only", cancellationToken);
        var process = running.Snapshot.Properties.Single(property => property.Name == "executable.pid").Value;
        Assert.True(Directory.Exists($"/proc/{process}"));
        return (app, process);
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

    private sealed class Stubborn(Task mayStop) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => mayStop;
    }
}
