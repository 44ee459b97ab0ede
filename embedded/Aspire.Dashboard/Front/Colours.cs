using System.Globalization;
using Aspire.Dashboard.Application;

namespace Aspire.Dashboard.Front;

/// <summary>The colour of each resource, the same on all pages: classes s0 to s7, which set --swatch.</summary>
internal sealed class Colours(IApplication application)
{
    private const int Count = 8;

    private readonly Dictionary<string, int> _places = application.Resources.Where(resource => resource.Parameter is null).Select(resource => resource.Name).Distinct().Index().ToDictionary(pair => pair.Item, pair => pair.Index);

    /// <summary>What is no resource of the application, such as a program elsewhere that sends telemetry, has the last one.</summary>
    public string Of(string resource) => string.Create(CultureInfo.InvariantCulture, $"s{_places.GetValueOrDefault(resource, Count - 1) % Count}");
}
