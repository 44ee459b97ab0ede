namespace Waiide.Tests.Support;

public sealed class BusyAmongWaitingTests
{
    [Fact]
    public void Each_collection_that_is_called_busy_is_there()
    {
        var collections = typeof(BusyAmongWaitingTests).Assembly.GetTypes()
            .Select(type => type.GetCustomAttributesData().FirstOrDefault(attribute => attribute.AttributeType == typeof(CollectionAttribute))?.ConstructorArguments[0].Value as string ?? type.FullName!);

        Assert.Equal([], BusyAmongWaiting.Busy.Except(collections));
    }
}
