using System.Text.Json.Nodes;
using Waiide.Gateway.Ide;

namespace Waiide.Gateway.Api;

/// <summary>What VS Code's page says to the person before it: GET /api/notices, and the script that asks for them.</summary>
internal sealed class NoticeBoard(Notices notices, IdeState ide, Connections connections)
{
    internal IResult Get(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";
        return JsonAnswer.Of(new JsonObject
        {
            ["notices"] = notices.Now.Concat(OfTheIde()).Concat(OfTheConnectionOf(context)).ToJsonArray(notice => new JsonObject
            {
                ["id"] = notice.Id,
                ["text"] = notice.Text,
                ["urgent"] = notice.IsUrgent,
                ["at"] = notice.At?.UtcDateTime,
                ["since"] = notice.Since.UtcDateTime,
            }),
        });
    }

    internal static IResult Script(HttpContext context)
    {
        context.Response.Headers.CacheControl = context.Request.Query["v"] == WorkbenchScript.Version ? "private, max-age=31536000, immutable" : "no-cache";
        return TypedResults.Bytes(WorkbenchScript.Text, "text/javascript; charset=utf-8");
    }

    // Its time is the notice's: the page says it by the person's clock.
    private IEnumerable<Notice> OfTheConnectionOf(HttpContext context)
    {
        if (connections.LostBy(context.User.Identity?.Name ?? "", Windows.Of(context.Request)) is { } lost)
        {
            yield return new Notice("connection", $"The connection ended: {char.ToLowerInvariant(lost.Sentence[0])}{lost.Sentence[1..]}", IsUrgent: false, At: null, lost.At);
        }
    }

    // VS Code only sees that its connection is gone, and tries again.
    private IEnumerable<Notice> OfTheIde()
    {
        if (!ide.IsUsable)
        {
            var now = ide.Now;
            yield return new Notice(
                "ide",
                $"VS Code's own server is not running. {now.Reason}{(now.NextAttempt is null ? "" : " The next attempt is in")}", // The page counts down behind it.
                IsUrgent: true,
                now.NextAttempt,
                DateTimeOffset.UtcNow - now.Elapsed);
        }
    }
}
