using Waiide.Tests.Bench;
using Waiide.Tests.Dashboard;
using Waiide.Tests.Deploy;
using Waiide.Tests.Gateway.Activity;
using Waiide.Tests.Gateway.Api;
using Waiide.Tests.Gateway.Telemetry;
using Waiide.Tests.Hub;
using Waiide.Tests.RealHub;
using Waiide.Tests.ServiceDefaults;
using Waiide.Tests.Support;
using Waiide.Tests.Topology;
using Xunit.Abstractions;

[assembly: TestCollectionOrderer("Waiide.Tests.Support." + nameof(BusyAmongWaiting), "Waiide.Tests")]

namespace Waiide.Tests.Support;

/// <summary>
/// Collections run side by side. Those with VS Code in a browser or with containers take all of a processor, the others wait for most of their time; so that the machine is neither overrun nor idle, the busy ones are
/// spread among the others. The longest come first, or everything would wait for one of them in the end.
/// </summary>
public sealed class BusyAmongWaiting : ITestCollectionOrderer
{
    private const int BusyAtFirst = 3;

    // Those that run images not among the first: the first minutes of a run may be when they are made.
    internal static readonly string[] Busy =
    [
        typeof(UnsavedTextTests).FullName!, typeof(RealIdeIdleTests).FullName!, PlainHubCollection.Name, typeof(QuickRunTests).FullName!, typeof(ConnectionEndTests).FullName!, typeof(ManyUsersTests).FullName!,
        PodmanNetworks.Name, typeof(ImageTests).FullName!, "hub topology", "resource kills", "standalone topology",
        typeof(WorkbenchBarTests).FullName!, typeof(MemoryTests).FullName!, typeof(SupervisedIdeTests).FullName!, "odd hub", typeof(ExtensionTests).FullName!, typeof(RealRunTests).FullName!,
        typeof(JourneyTests).FullName!, typeof(PublishedTests).FullName!, typeof(HubWithIdeTests).FullName!, typeof(OpenLinkTests).FullName!,
    ];

    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections)
    {
        // The runner calls a class that is a collection of its own "Test collection for" and its name.
        var byRank = testCollections.ToLookup(collection => Array.FindIndex(Busy, name => collection.DisplayName.EndsWith(name, StringComparison.Ordinal)));
        var busy = new Queue<ITestCollection>(byRank.Where(rank => rank.Key >= 0).OrderBy(rank => rank.Key).SelectMany(rank => rank));
        var waiting = byRank[-1].ToList();
        var between = Math.Max(1, waiting.Count / Math.Max(1, busy.Count - BusyAtFirst));
        for (var place = 0; place < waiting.Count; place++)
        {
            for (var due = place == 0 ? BusyAtFirst : place % between == 0 ? 1 : 0; due > 0 && busy.TryDequeue(out var next); due--)
            {
                yield return next;
            }

            yield return waiting[place];
        }

        foreach (var left in busy)
        {
            yield return left;
        }
    }
}
