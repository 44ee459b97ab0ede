using System.Text;
using Aspire.Dashboard.Application;
using Microsoft.AspNetCore.Http;

namespace Aspire.Dashboard.Resources;

/// <summary>What a person wants to see of the resources: all of it is in the address, so that it can be kept, and works without a script.</summary>
internal sealed class ResourcesQuery(IQueryCollection query)
{
    public const string Table = nameof(Table), Parameters = nameof(Parameters), Graph = nameof(Graph);

    /// <summary>One of the three views.</summary>
    public string View { get; } = query["view"] == Parameters ? Parameters : query["view"] == Graph ? Graph : Table;

    /// <summary>The resource whose details are open.</summary>
    public string? Resource { get; } = query["resource"] is [{ Length: > 0 } name] ? name : null;

    public string Search { get; } = query["search"].ToString();

    public bool WithHidden { get; } = query["hidden"] == "true";

    /// <summary>Whether a value that is masked by itself was asked for.</summary>
    public bool Shows(string value) => query["show"].Contains(value) || query["show"].Contains("*");

    public bool ShowsAll => query["show"].Contains("*");

    public bool Has(string filter, string value) => query[filter].Contains(value, StringComparer.OrdinalIgnoreCase);

    public bool IsFiltered => query.Keys.Any(key => key is "type" or "state" or "health");

    /// <summary>Whether the filters let a resource through.</summary>
    public bool Matches(ResourceView resource) =>
        (WithHidden || !resource.IsHidden)
        && Allows("type", resource.Type)
        && Allows("state", resource.State ?? States.Unknown)
        && Allows("health", resource.Health ?? States.NoHealth)
        && (Search.Length == 0 || new[] { resource.Name, resource.Type, resource.State, resource.Source }.Concat(resource.Urls.Select(url => url.Url)).Any(text => text?.Contains(Search, StringComparison.OrdinalIgnoreCase) == true));

    /// <summary>The same page with another value of <paramref name="key"/>; null: without one.</summary>
    public string With(string key, string? value) => Address(query.Where(pair => pair.Key != key).SelectMany(pair => pair.Value.Select(one => (pair.Key, Value: one))).Append((key, value)));

    /// <summary>The same page with the details of another resource, or none; what was shown of the last one is masked again.</summary>
    public string WithResource(string? name) => Address(query.Where(pair => pair.Key is not ("resource" or "show")).SelectMany(pair => pair.Value.Select(one => (pair.Key, Value: one))).Append(("resource", name)));

    /// <summary>The same page with one more value shown, or one less.</summary>
    public string WithShown(string value, bool isShown)
    {
        var shown = query["show"].Where(one => one != value && one != "*").Concat(isShown ? [value] : []);
        return Address(query.Where(pair => pair.Key != "show").SelectMany(pair => pair.Value.Select(one => (pair.Key, Value: one))).Concat(shown.Select(one => ("show", one))));
    }

    private bool Allows(string filter, string value) => query[filter].Count == 0 || Has(filter, value);

    private static string Address(IEnumerable<(string Key, string? Value)> pairs)
    {
        var address = new StringBuilder("/");
        foreach (var (key, value) in pairs)
        {
            if (!string.IsNullOrEmpty(value))
            {
                address.Append(address.Length == 1 ? '?' : '&').Append(Uri.EscapeDataString(key)).Append('=').Append(Uri.EscapeDataString(value));
            }
        }

        return address.ToString();
    }
}
