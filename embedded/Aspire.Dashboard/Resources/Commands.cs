using Aspire.Dashboard.Application;
using Aspire.Dashboard.Front;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aspire.Dashboard.Resources;

/// <summary>Executes commands, for buttons and for scripts.</summary>
internal static class Commands
{
    public static string PathOf(ResourceView resource, CommandView command) => $"/api/resources/{Uri.EscapeDataString(resource.Name)}/commands/{Uri.EscapeDataString(command.Name)}";

    // {**command}: names may have slashes, such as gateway-http-http-post-/admin/reload.
    public static void MapCommands(this IEndpointRouteBuilder routes) => routes.MapPost("/api/resources/{resource}/commands/{**command}", async (HttpContext context, IApplication application, string resource, string command) =>
    {
        if (application.Resource(resource) is not { } known)
        {
            return Answer.NoResource(resource, application);
        }

        var name = Uri.UnescapeDataString(command);
        if (known.Commands.FirstOrDefault(one => one.Name == name && one.IsEnabled) is not { } asked)
        {
            var possible = known.Commands.Where(one => one.IsEnabled).Select(one => $"'{one.Name}'").ToArray();
            return Answer.Outcome(context, application, new CommandOutcome(IsSuccess: false, IsCanceled: false,
                $"'{name}' is not possible for '{known.Name}', which is {States.Words(known)} now; possible: {(possible.Length == 0 ? "nothing" : string.Join(", ", possible))}."));
        }

        if (asked.Confirmation is { Length: > 0 } question && Answer.WantsPage(context.Request) && !context.Request.Query.ContainsKey("confirmed"))
        {
            return Confirmation(application, known, asked, question);
        }

        // Not the request's token: who closes the page has still asked for it.
        return Answer.Outcome(context, application, await application.ExecuteAsync(known.Id, name, CancellationToken.None).ConfigureAwait(false));
    });

    private static IResult Confirmation(IApplication application, ResourceView resource, CommandView command, string question) => Layout.Page(application, "/", command.Text, Html.Of($"""
        <div class="head"><h1>{command.Text}: {resource.Name}</h1></div>
        <form method="post" action="{PathOf(resource, command)}?confirmed"><p>{question}</p><button class="primary">{command.Text}</button> <a class="button" href="/">Cancel</a></form>
        """));
}
