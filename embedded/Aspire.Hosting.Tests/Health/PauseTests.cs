using Aspire.Hosting.Health;

namespace Aspire.Hosting.Tests.Health;

public sealed class PauseTests
{
    [Fact]
    public void A_healthy_resource_is_left_alone_for_long_and_others_longer_with_each_failure() =>
        Assert.Equal([30, 1, 2, 3, 4, 5, 5], Enumerable.Range(0, 7).Select(failures => ResourceHealthMonitor.PauseAfter(failures).TotalSeconds));
}
