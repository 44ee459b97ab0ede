using Aspire.Dashboard.Application;
using Aspire.Dashboard.Front;

namespace Aspire.Dashboard.Resources;

/// <summary>A value that may be secret: it is not in the page before somebody asks for it.</summary>
internal static class Masked
{
    /// <summary>The value, or dots and a link that asks for it. <paramref name="key"/> names it in the address.</summary>
    public static Html Value(PropertyView property, string key, ResourcesQuery query)
    {
        if (!property.IsSensitive)
        {
            return Html.Of($"{property.Value}");
        }

        var isShown = query.Shows(key);
        return Html.Of($"""
            <span class="value{(isShown ? "" : " masked")}">{(isShown ? property.Value : "●●●●●●●●")}</span> {(query.ShowsAll ? Html.None : Eye(query.WithShown(key, !isShown), isShown ? $"Hide {property.Name}" : $"Show {property.Name}"))}
            """);
    }

    private static Html Eye(string path, string label) => Html.Of($"""<a class="eye" data-here="same" href="{path}" aria-label="{label}" title="{label}">{Icons.Eye}</a>""");
}
