using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Aspire.Dashboard.Telemetry.Pages;

/// <summary>The address of a page with its filters: everything that is chosen stands there, so that a link shows the same to others.</summary>
internal sealed class Address(string path, IEnumerable<KeyValuePair<string, StringValues>> query)
{
    private readonly Dictionary<string, StringValues> _query = new(query);

    public static Address Of(HttpRequest request) => new(request.Path, request.Query);

    public Address With(string name, StringValues values)
    {
        var changed = new Address(path, _query);
        changed._query[name] = values;
        return changed;
    }

    public Address Without(params string[] names) => new(path, _query.Where(entry => !names.Contains(entry.Key)));

    public Address At(string other) => new(other, _query);

    public override string ToString() => path + QueryString.Create(_query.Where(entry => !StringValues.IsNullOrEmpty(entry.Value) && entry.Value.ToString().Length > 0));
}
