using Waiide.Tests.Bench;
using Waiide.Tests.Deploy;
using Waiide.Tests.Gateway.Activity;
using Waiide.Tests.Gateway.Telemetry;
using Waiide.Tests.Hub;
using Waiide.Tests.RealHub;
using Waiide.Tests.Support;
using Xunit.Abstractions;

[assembly: TestCollectionOrderer("Waiide.Tests.Support." + nameof(LongestFirst), "Waiide.Tests")]

namespace Waiide.Tests.Support;

/// <summary>Collections run side by side: the longest come first, or everything would wait for one of them in the end. The rest is as it comes, so that what waits and what computes mix.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    // Those that run images last: the first minutes of a run may be when they are made.
    private static readonly string[] Longest =
    [
        typeof(UnsavedTextTests).FullName!, typeof(RealIdeIdleTests).FullName!, PlainHubCollection.Name, typeof(ConnectionEndTests).FullName!, typeof(ManyUsersTests).FullName!,
        typeof(QuickRunTests).FullName!, typeof(ImageTests).FullName!, typeof(FullComposeTests).FullName!, typeof(ComposeTests).FullName!,
    ];

    // The runner calls a class that is a collection of its own "Test collection for" and its name.
    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) =>
        testCollections.OrderBy(collection => Array.FindIndex(Longest, name => collection.DisplayName.EndsWith(name, StringComparison.Ordinal)) is >= 0 and var rank ? rank : Longest.Length);
}
