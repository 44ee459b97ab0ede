namespace Waiide.Tests.Conformance;

/// <summary>All recordings replayed once, for the tests that look at the results.</summary>
public sealed class Replayed
{
    private readonly Lazy<Task<IReadOnlyList<Result>>> _all = new(async () => [.. (await Task.WhenAll(Replay.AllAsync("3.0", LabHub.OursAsync), Replay.AllAsync("5.5", LabHub.OursAsync))).SelectMany(results => results)]);

    internal Task<IReadOnlyList<Result>> AllAsync() => _all.Value;
}
