using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;
using Waiide.Hub.Mock.Auth;

namespace Waiide.Hub.Mock.Api;

/// <summary>Long lists by the page: ?offset= and ?limit=, and for whoever accepts JupyterHub's own media type where the next page is.</summary>
internal sealed record Paging(int Offset, int Limit, bool IsAccepted)
{
    private const string MediaType = "application/jupyterhub-pagination+json";
    private const int Usual = 50;
    private const int Most = 200;

    public static Paging Of(HttpRequest request)
    {
        var isAccepted = request.Headers.Accept.ToString().Split(',').Any(type => type.Trim().Equals(MediaType, StringComparison.OrdinalIgnoreCase));

        // Who does not know of pages gets as much as there is on the largest.
        return new Paging(Number(request, "offset", 0), Math.Clamp(Number(request, "limit", isAccepted ? Usual : Most), 1, Most), isAccepted);
    }

    public IEnumerable<T> Page<T>(IEnumerable<T> all) => all.Skip(Offset).Take(Limit);

    /// <summary>The page as a list or map, with the words about the next if the client understands them.</summary>
    public Answer Answer(HttpContext context, HubOptions options, JsonNode items, int total, bool always = false)
    {
        if (!IsAccepted && !always)
        {
            return Mock.Answer.Json(items);
        }

        var next = Offset + Limit;
        return Mock.Answer.Json(new JsonObject
        {
            ["items"] = items,
            ["_pagination"] = new JsonObject
            {
                ["offset"] = Offset,
                ["limit"] = Limit,
                ["total"] = total,
                ["next"] = next >= total ? null : new JsonObject { ["offset"] = next, ["limit"] = Limit, ["url"] = Url(context.Request, options, next) },
            },
        });
    }

    private string Url(HttpRequest request, HubOptions options, int next)
    {
        // What was asked stays in its place; what is new comes last.
        var query = QueryHelpers.ParseQuery(request.QueryString.Value)
            .Where(entry => entry.Value.ToString().Length > 0)
            .ToDictionary(entry => entry.Key, entry => entry.Value.ToString(), StringComparer.Ordinal);
        query["offset"] = next.ToString(CultureInfo.InvariantCulture);
        query["limit"] = Limit.ToString(CultureInfo.InvariantCulture);
        var scheme = BrowserProtocol.IsHttps(request, options) ? Uri.UriSchemeHttps : Uri.UriSchemeHttp;
        return QueryHelpers.AddQueryString($"{scheme}://{request.Host}{request.HttpContext.RawPath()}", query!);
    }

    private static int Number(HttpRequest request, string name, int otherwise)
    {
        if (request.Query[name].ToString() is not { Length: > 0 } text)
        {
            return otherwise;
        }

        return int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) && number != int.MinValue
            ? Math.Min(Math.Abs(number), int.MaxValue / 2)
            : throw JsonBody.Bad("Invalid argument type, offset and limit must be integers");
    }
}
