using Waiide.Tests.Support;
using Xunit.Abstractions;

[assembly: TestCollectionOrderer("Waiide.Tests.Support." + nameof(LongFirst), "Waiide.Tests")]

namespace Waiide.Tests.Support;

/// <summary>Collections run side by side: what classes share and what needs a browser takes longest, so it comes first, and no processor waits for it in the end.</summary>
public sealed class LongFirst : ITestCollectionOrderer
{
    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) =>
        testCollections.OrderBy(collection => collection.CollectionDefinition is not null ? 0 : IsOfABrowser(collection) ? 1 : 2);

    // The runner calls a class that is a collection of its own "Test collection for" and its name.
    private static bool IsOfABrowser(ITestCollection collection) =>
        typeof(LongFirst).Assembly.GetType(collection.DisplayName.Split(' ')[^1])?.IsSubclassOf(typeof(BrowserTests)) == true;
}
