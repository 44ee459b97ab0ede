using Aspire.Dashboard.Application;
using Aspire.Dashboard.Front;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aspire.Dashboard.Resources;

/// <summary>The values that come from outside: what they are, which are missing, and a form for each of those.</summary>
internal static class ParametersView
{
    public static void MapParameters(this IEndpointRouteBuilder routes) => routes.MapPost("/api/parameters/{name}", async (HttpContext context, IApplication application, string name) =>
    {
        if (!context.Request.HasFormContentType)
        {
            return Results.Json(new { success = false, message = "Send the fields value and keep (true or nothing) as a form." }, statusCode: StatusCodes.Status415UnsupportedMediaType);
        }

        var form = await context.Request.ReadFormAsync(context.RequestAborted).ConfigureAwait(false);
        return Answer.Outcome(context, application, await application.SetParameterAsync(name, form["value"].ToString(), form["keep"] == "true", CancellationToken.None).ConfigureAwait(false));
    });

    /// <summary>What is said on top of every view while a parameter is missing.</summary>
    public static Html Notice(IEnumerable<ResourceView> all)
    {
        var missing = all.Where(resource => resource.Parameter is { IsMissing: true }).ToArray();
        return missing.Length == 0 ? Html.Of($"""<div id="notices"></div>""") : Html.Of($"""
            <div id="notices">{missing.Select(parameter => Html.Of($"""
                <section class="notice" id="missing-{parameter.Name}" aria-label="Missing parameter">
                <p><strong>Parameter {parameter.Name} has no value.</strong> {parameter.Parameter!.Description}</p>
                {Form(parameter, parameter.Parameter)}
                </section>
                """))}</div>
            """);
    }

    public static Html Table(IReadOnlyList<ResourceView> shown, ResourcesQuery query) => shown.Count == 0
        ? Html.Of($"""<div class="sheet"><p class="empty">There are no parameters to show.</p></div>""")
        : Html.Of($"""
            <div class="sheet">
            <table class="grid" aria-label="Parameters">
            <thead><tr><th scope="col">Name</th><th scope="col">State</th><th scope="col" class="wide">For</th><th scope="col">Value</th></tr></thead>
            <tbody>{shown.Select(parameter => Row(parameter, query))}</tbody>
            </table>
            </div>
            """);

    private static Html Row(ResourceView parameter, ResourcesQuery query) => Html.Of($"""
        <tr id="row-{parameter.Id}" data-row tabindex="-1" aria-selected="{(query.Resource == parameter.Name ? "true" : "false")}">
        <td class="name"><a data-here href="{query.WithResource(parameter.Name)}">{parameter.Name}</a></td>
        <td>{States.Chip(parameter)}</td>
        <td class="wide soft">{parameter.Parameter!.Description}</td>
        <td class="clip mono">{parameter.Properties.Where(property => property.Name == "Value").Select(value => Masked.Value(value, parameter.Name + ":Value", query))}</td>
        </tr>
        """);

    private static Html Form(ResourceView resource, ParameterView parameter) => Html.Of($"""
        <form class="toolbar" method="post" action="/api/parameters/{Uri.EscapeDataString(resource.Name)}" data-command="Set" data-of="{resource.Name}" data-confirm="">
        <label class="unseen" for="value-{resource.Name}">Value of {resource.Name}</label>
        <input id="value-{resource.Name}" name="value" type="{(parameter.IsSecret ? "password" : "text")}" placeholder="Value" autocomplete="off" required>
        {(parameter.CanBeKept ? Html.Of($"""<label class="check"><input type="checkbox" name="keep" value="true">Keep in user secrets</label>""") : Html.None)}
        <button class="primary">Save</button>
        </form>
        """);
}
