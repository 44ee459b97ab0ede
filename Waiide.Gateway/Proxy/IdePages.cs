using Waiide.Gateway.Ide;

namespace Waiide.Gateway.Proxy;

/// <summary>What a person sees while the IDE cannot be used, often the first page of all: what is going on, for how long, and the IDE itself as soon as it is there.</summary>
internal static class IdePages
{
    private const int RetryAfterSeconds = 2;

    // The page asks for itself as a program would: 503 while there is nothing to see, with the sentence of the moment; anything else is worth a reload.
    private const string Script = """
        const started = Date.now() - 1000 * Number(document.getElementById('elapsed').dataset.seconds);
        const at = id => document.getElementById(id);
        setInterval(() => {
          const seconds = Math.floor((Date.now() - started) / 1000);
          at('elapsed').textContent = seconds < 60 ? seconds + ' s' : Math.floor(seconds / 60) + ' min ' + seconds % 60 + ' s';
          at('hint').hidden = seconds < 30;
        }, 500);
        const look = async () => {
          try {
            const answer = await fetch(location.href, { headers: { Accept: 'application/json' }, cache: 'no-store', redirect: 'manual' });
            if (answer.status !== 503) {
              location.reload();
              return;
            }
            const now = await answer.json();
            document.querySelector('h1').textContent = now.title;
            at('detail').textContent = now.message;
            at('lines').textContent = now.lines.join('\n');
            at('printed').hidden = now.lines.length === 0;
            at('problem').textContent = '';
          } catch {
            at('problem').textContent = 'This server does not answer at the moment; the page keeps trying.';
          }
          setTimeout(look, 1000);
        };
        setTimeout(look, 700);
        """;

    /// <summary>A page with 200 for people, and for whoever looks at the root, so that a hub finds a server that lives; 503 for everything else.</summary>
    internal static IResult NotUsable(HttpRequest request, IdeState.Snapshot now, IReadOnlyList<string> lastLines) => new WithRetry(
        Navigation.IsTopLevel(request) && (IsForPeople(request) || request.Path == "/")
            ? Page(now, lastLines)
            : TypedResults.Json(new { status = StatusCodes.Status503ServiceUnavailable, title = Title(now), message = now.Detail, lines = lastLines }, statusCode: StatusCodes.Status503ServiceUnavailable));

    // "curl -f .../version" is answered as a program that asks whether the IDE is there, not as a person.
    private static bool IsForPeople(HttpRequest request) =>
        request.Headers.ContainsKey("Sec-Fetch-Mode") || request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);

    private static string Title(IdeState.Snapshot now) => now.Status == IdeStatus.Failed ? "VS Code is not running" : "VS Code is starting";

    private static IResult Page(IdeState.Snapshot now, IReadOnlyList<string> lastLines)
    {
        var failed = now.Status == IdeStatus.Failed;
        var seconds = (int)now.Elapsed.TotalSeconds;
        return HtmlPage.Of(
            StatusCodes.Status200OK,
            Title(now),
            $"""
            <progress aria-label="Waiting for VS Code"></progress>
            <p id="detail" role="status">{HtmlPage.Encode(now.Detail)}</p>
            <p class="quiet">This page becomes VS Code by itself as soon as it can. Waiting for <span id="elapsed" data-seconds="{seconds}">{seconds} s</span>. <span id="problem"></span></p>
            <p id="hint"{(seconds < 30 ? " hidden" : "")}>{(failed
                ? "If it does not come back, the log of this server tells more; whoever runs it can also start the IDE again."
                : "This takes longer than usual. The very first start downloads the IDE, which may take a minute or two; otherwise the log of this server tells more.")}</p>
            <details id="printed"{(failed ? " open" : "")}{(lastLines.Count == 0 ? " hidden" : "")}>
            <summary>What it printed last</summary>
            <pre id="lines">{HtmlPage.Encode(string.Join('\n', lastLines))}</pre>
            </details>
            <noscript><meta http-equiv="refresh" content="{RetryAfterSeconds}"></noscript>
            """,
            Script);
    }

    private sealed class WithRetry(IResult answer) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.Headers.CacheControl = "no-store";
            httpContext.Response.Headers.RetryAfter = RetryAfterSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
            return answer.ExecuteAsync(httpContext);
        }
    }
}
