using Aspire.Dashboard.Application;
using Aspire.Dashboard.Resources;

namespace Aspire.Hosting.Tests.Dashboard;

public sealed class OrderTests
{
    [Fact]
    public void Children_stand_under_their_parents_and_nobody_is_lost_in_a_circle()
    {
        ResourceView[] shown = [Resource("a"), Resource("c", ("b", "Parent")), Resource("b", ("a", "Parent")), Resource("orphan", ("gone", "Parent")), Resource("x", ("y", "Parent")), Resource("y", ("x", "Parent"))];

        Assert.Equal([("a", 0), ("b", 1), ("c", 2), ("orphan", 0), ("x", 0), ("y", 1)], ResourceTable.InTree(shown).Select(row => (row.Resource.Name, row.Depth)));
    }

    [Fact]
    public void In_the_graph_everybody_stands_right_of_those_that_they_need()
    {
        var places = Graph.Place([Resource("gateway", ("ide", "WaitFor"), ("hub", "Reference")), Resource("ide", ("install", "WaitFor")), Resource("install"), Resource("hub", ("gateway", "Reference"))]);

        Assert.True(places["gateway"].X > places["ide"].X && places["ide"].X > places["install"].X && places["gateway"].X > places["hub"].X);
        Assert.Equal(places.Count, places.Values.Distinct().Count());
    }

    private static ResourceView Resource(string name, params (string Name, string Type)[] others) => new(
        name, name, "Executable", "Running", "Healthy", null, null, null, null, null, false, [], [], [], [], [], [.. others.Select(other => new RelationshipView(other.Name, other.Type))]);
}
