using System.Globalization;
using Aspire.Dashboard.Application;

namespace Aspire.Dashboard.Front;

/// <summary>The colour of each resource, the same on all pages: classes s0 to s7, which set --swatch. Programs from elsewhere that send telemetry come after the application's own.</summary>
internal sealed class Colours(IApplication application)
{
    private const int Count = 8;

    private readonly Dictionary<string, int> _places = new(StringComparer.OrdinalIgnoreCase);

    public string Of(string name)
    {
        lock (_places)
        {
            if (OfKnown(name) is { } known)
            {
                return known;
            }

            _places.Add(name, _places.Count);
            return OfKnown(name)!;
        }
    }

    /// <summary>null: neither of the application nor a sender.</summary>
    public string? OfKnown(string name)
    {
        lock (_places)
        {
            if (!_places.ContainsKey(name))
            {
                foreach (var resource in application.Resources.Where(resource => resource.Parameter is null))
                {
                    _places.TryAdd(resource.Name, _places.Count);
                }
            }

            return _places.TryGetValue(name, out var place) ? string.Create(CultureInfo.InvariantCulture, $"s{place % Count}") : null;
        }
    }
}
