using System.Globalization;
using Aspire.Dashboard.Application;
using Aspire.Dashboard.Front;

namespace Aspire.Dashboard.Resources;

/// <summary>The resources and what they need of each other: whoever needs nobody at the left, whoever needs them further right.</summary>
internal static class Graph
{
    private const int Width = 190, Height = 54, Across = 270, Down = 84, Margin = 24;

    public static Html Draw(IReadOnlyList<ResourceView> shown, ResourcesQuery query)
    {
        if (shown.Count == 0)
        {
            return Html.Of($"""<div class="sheet"><p class="empty">No resource matches these filters.</p></div>""");
        }

        var placed = Place(shown);
        var (right, bottom) = (placed.Values.Max(place => place.X) + Width + Margin, placed.Values.Max(place => place.Y) + Height + Margin);
        return Html.Of($"""
            <div class="sheet graph">
            <svg viewBox="0 0 {right} {bottom}" width="{right}" height="{bottom}" role="group" aria-label="Dependencies">
            <defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z"/></marker></defs>
            {shown.SelectMany(resource => Edges(resource, placed))}
            {shown.Select(resource => Node(resource, placed[resource.Name], query))}
            </svg>
            </div>
            """);
    }

    /// <summary>Where each resource stands. Columns are by the longest way to something that needs nobody; circles are cut where they close.</summary>
    internal static Dictionary<string, (int X, int Y)> Place(IReadOnlyList<ResourceView> shown)
    {
        var byName = shown.DistinctBy(resource => resource.Name).ToDictionary(resource => resource.Name);
        var columns = new Dictionary<string, int>();
        foreach (var name in byName.Keys)
        {
            ColumnOf(name, []);
        }

        return columns.GroupBy(pair => pair.Value).SelectMany(column => column.Select((pair, row) => (pair.Key, Place: (Margin + (column.Key * Across), Margin + (row * Down))))).ToDictionary(pair => pair.Key, pair => pair.Place);

        int ColumnOf(string name, HashSet<string> above)
        {
            if (columns.TryGetValue(name, out var known))
            {
                return known;
            }

            above.Add(name);
            var needed = byName[name].DependsOn.Select(other => other.Resource).Where(other => byName.ContainsKey(other) && !above.Contains(other)).Distinct().ToArray();
            var column = needed.Length == 0 ? 0 : needed.Max(other => ColumnOf(other, above)) + 1;
            above.Remove(name);
            return columns[name] = column;
        }
    }

    // One line for each pair: what waits usually refers to the same one.
    private static IEnumerable<Html> Edges(ResourceView resource, Dictionary<string, (int X, int Y)> placed) => resource.DependsOn
        .Where(other => other.Resource != resource.Name && placed.ContainsKey(other.Resource))
        .GroupBy(other => other.Resource)
        .Select(others =>
        {
            var (from, to) = (placed[resource.Name], placed[others.Key]);
            var isBack = to.X >= from.X;
            var (x1, y1, x2, y2) = (isBack ? from.X + Width : from.X, from.Y + (Height / 2), isBack ? to.X + Width : to.X + Width, to.Y + (Height / 2));
            var bend = isBack ? Math.Max(x1, x2) + 40 : (x1 + x2) / 2;
            var path = string.Create(CultureInfo.InvariantCulture, $"M{x1} {y1}C{bend} {y1} {bend} {y2} {x2} {y2}");
            var types = string.Join(", ", others.Select(other => other.Type).Distinct());
            return Html.Of($"""<path class="edge {(others.Any(other => other.Type == "WaitFor") ? "waits" : "")}" d="{path}" marker-end="url(#tip)"><title>{resource.Name}: {types} {others.Key}</title></path>""");
        });

    private static Html Node(ResourceView resource, (int X, int Y) place, ResourcesQuery query) => Html.Of($"""
        <a data-here href="{query.WithResource(resource.Name)}" class="node {States.Kind(resource)}" aria-label="{resource.Name}: {States.Words(resource)}">
        <rect x="{place.X}" y="{place.Y}" width="{Width}" height="{Height}" rx="8"/>
        <circle cx="{place.X + 18}" cy="{place.Y + 20}" r="5"/>
        <text x="{place.X + 31}" y="{place.Y + 25}">{Short(resource.Name, 20)}</text>
        <text class="soft" x="{place.X + 14}" y="{place.Y + 44}">{Short($"{resource.Type}, {States.Words(resource)}", 28)}</text>
        </a>
        """);

    private static string Short(string text, int length) => text.Length <= length ? text : text[..(length - 1)] + "…";
}
