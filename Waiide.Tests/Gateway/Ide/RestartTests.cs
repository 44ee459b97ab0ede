using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Waiide.Gateway;
using Waiide.Gateway.Ide;
using Waiide.Tests.Support;

namespace Waiide.Tests.Gateway.Ide;

/// <summary>The supervisor in this process, so that a restart can be asked for at any moment.</summary>
public sealed class RestartTests : IAsyncLifetime
{
    private readonly TempDirectory _home = new();
    private readonly string _data;
    private readonly StubCodeServer _ide;
    private readonly IHost _host;

    public RestartTests()
    {
        _data = Path.Combine(_home.Path, "data");
        _ide = new StubCodeServer(_home.Path, _data);
        _host = Host(_ide.Program);
    }

    private IdeProcess Supervisor => _host.Services.GetRequiredService<IdeProcess>();

    private IdeState State => _host.Services.GetRequiredService<IdeState>();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        _home.Dispose();
    }

    [Fact]
    public async Task It_is_ended_and_comes_back_at_once()
    {
        await _host.StartAsync();
        var first = await Usable();

        Assert.True(Supervisor.Restart());

        var second = await Usable(first);
        Assert.False(StubCodeServer.Lives(first.Pid));
        Assert.True(StubCodeServer.Lives(second.Pid));
        Assert.Equal(1, State.Now.Restarts);
    }

    [Fact]
    public async Task Asked_for_by_many_at_once_it_happens_once()
    {
        await _host.StartAsync();
        var first = await Usable();

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(Supervisor.Restart)));

        Assert.All(answers, Assert.True);
        await Usable(first);
        Assert.Equal(2, _ide.Starts.Length);
    }

    [Fact]
    public async Task Asked_for_in_a_pause_it_does_not_wait_for_the_end_of_it()
    {
        var missing = Path.Combine(_home.Path, "missing");
        using var host = Host(missing);
        await host.StartAsync();
        var (supervisor, state) = (host.Services.GetRequiredService<IdeProcess>(), host.Services.GetRequiredService<IdeState>());
        await Eventually.Is(() => state.Now.Detail.Contains("next attempt is in 4 s", StringComparison.Ordinal), "the pauses have grown");
        File.Copy(_ide.Program, missing);

        Assert.True(supervisor.Restart());

        await Eventually.Is(() => state.IsUsable, "it is tried at once", TimeSpan.FromSeconds(3));
        await host.StopAsync();
    }

    [Fact]
    public async Task Nothing_is_restarted_before_the_start_or_after_the_end()
    {
        Assert.False(Supervisor.Restart());

        await _host.StartAsync();
        await Usable();
        await _host.StopAsync();

        Assert.False(Supervisor.Restart());
        Assert.Single(_ide.Starts);
    }

    [Fact]
    public async Task Asked_for_during_the_start_it_still_ends_up_with_one_that_works()
    {
        await _host.StartAsync();
        await Eventually.Is(Supervisor.Restart, "there is something to restart");

        var run = await Usable();
        Assert.Single(Processes.With("WAIIDE_RUN=" + run.Env["WAIIDE_RUN"]), process => process.CommandLine.Contains("--user-data-dir", StringComparison.Ordinal));
    }

    private IHost Host(string command)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddLogging();
        builder.Services.AddSingleton(new GatewayOptions { DataDirectory = _data, Workspace = _home.Path, IdeCommand = command });
        builder.Services.AddSingleton<IdeState>();
        builder.Services.AddSingleton<IdeAddress>();
        builder.Services.AddSingleton<IdeProbe>();
        builder.Services.AddSingleton<IdeHome>();
        builder.Services.AddSingleton<IdeProcess>();
        builder.Services.AddHostedService(services => services.GetRequiredService<IdeProcess>());
        return builder.Build();
    }

    private async Task<StubCodeServer.Notes> Usable(StubCodeServer.Notes? before = null)
    {
        var run = await _ide.Run(before);
        await Eventually.Is(() => State.IsUsable, "the IDE answers");
        return run;
    }
}
