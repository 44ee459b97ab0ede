using Aspire.Dashboard.Application;

namespace Aspire.Dashboard.Tests;

/// <summary>An application of one resource whose console is what a test says.</summary>
internal sealed class StubApplication(Func<IEnumerable<ConsoleLine>> console) : IApplication
{
    public string Name => "Stub";

    /// <summary>Fails when it is asked for its resources.</summary>
    public bool IsBroken { get; init; }

    public IReadOnlyList<ResourceView> Resources => IsBroken ? throw new InvalidOperationException("the model is broken") : [new("shell-1", "shell", "Executable", "Running", null, null, null, null, null, null, false, [], [], [], [], [], [])];

    public IAsyncEnumerable<ResourceView> WatchAsync(CancellationToken cancellationToken) => throw new InvalidOperationException("nobody watches here");

    public IEnumerable<ConsoleLine> ConsoleOf(string resourceId, int after = 0) => console();

    public IAsyncEnumerable<IReadOnlyList<ConsoleLine>> WatchConsoleAsync(string resourceId, int after, CancellationToken cancellationToken) => throw new InvalidOperationException("nobody watches here");

    public Task<CommandOutcome> ExecuteAsync(string resourceId, string command, CancellationToken cancellationToken) => throw new InvalidOperationException("the command is a failure");

    public Task<CommandOutcome> SetParameterAsync(string name, string value, bool keep, CancellationToken cancellationToken) => throw new InvalidOperationException("there are no parameters");
}
