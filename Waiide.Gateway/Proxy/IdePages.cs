using System.Text.Json.Nodes;
using Waiide.Gateway.Ide;
using Waiide.ServiceDefaults;

namespace Waiide.Gateway.Proxy;

/// <summary>What a person sees while the IDE cannot be used, often the first page of all: what is going on, for how long, and the IDE itself as soon as it is there.</summary>
internal static class IdePages
{
    // How the page asks for itself: the answer is the words of the moment, with 200, because browsers note every 503 as an error. Anything else is worth a reload.
    private const string Waiting = "application/vnd.waiide.waiting+json";

    // What screen readers read out is only written when it is another than before.
    private const string Script = $$"""
        const at = id => document.getElementById(id);
        const say = (element, text) => { if (element.textContent !== text) { element.textContent = text; } };
        const begun = () => Date.now() - 1000 * Number(at('elapsed').dataset.seconds);
        let started = begun(), next = 0;
        const wait = seconds => { // Until the next attempt; null where none is waited for.
          next = Date.now() + 1000 * seconds;
          at('again-soon').hidden = seconds === null;
          at('again-late').hidden = seconds !== null;
        };
        wait(at('next').dataset.seconds ? Number(at('next').dataset.seconds) : null);
        const count = () => {
          say(at('next'), Math.max(0, Math.ceil((next - Date.now()) / 1000)) + ' s');
          const seconds = Math.max(0, Math.floor((Date.now() - started) / 1000));
          say(at('elapsed'), seconds < 60 ? seconds + ' s' : Math.floor(seconds / 60) + ' min ' + seconds % 60 + ' s');
          at('slow').hidden = seconds < 30 || at('phases').hidden;
        };
        setInterval(count, 500);
        const look = async () => {
          try {
            const answer = await fetch(location.href, { headers: { Accept: '{{Waiting}}' }, cache: 'no-store', redirect: 'manual' });
            if (!answer.headers.get('Content-Type')?.startsWith('{{Waiting}}')) {
              location.reload();
              return;
            }
            const now = await answer.json();
            at('elapsed').dataset.seconds = now.seconds;
            started = begun();
            say(document.querySelector('h1'), now.title);
            document.title = now.title + ' · Waiide';
            say(at('detail'), now.detail);
            wait(now.next_in);
            say(at('lines'), now.lines.join('\n'));
            at('printed').hidden = now.lines.length === 0;
            at('phases').hidden = now.failed;
            at('failed').hidden = !now.failed;
            say(at('problem'), '');
          } catch {
            say(at('problem'), 'This server does not answer at the moment; the page keeps trying.');
          }
          count();
          setTimeout(look, 1000);
        };
        setTimeout(look, 700);
        at('again')?.addEventListener('submit', async event => {
          event.preventDefault();
          try {
            const answer = await fetch(event.target.action, { method: 'POST', headers: { Accept: 'application/json' } });
            say(at('asked'), answer.ok ? 'It starts again.' : (await answer.json()).message);
          } catch {
            say(at('asked'), 'That did not arrive; try once more.');
          }
        });
        """;

    /// <summary>Whether this is the page that waits, asking every second whether there is something new.</summary>
    private static bool IsPoll(HttpRequest request) => request.Headers.Accept == Waiting;

    /// <summary>Whether there is nothing new for it. Nobody else can say so of a request, and hide it from the traces.</summary>
    internal static bool IsPollInVain(HttpRequest request) => IsPoll(request) && !request.HttpContext.RequestServices.GetRequiredService<IdeState>().IsUsable;

    /// <summary>A page with 200 for people, and for whoever looks at the root, so that a hub finds a server that lives; 503 for everything else.</summary>
    internal static IResult NotUsable(HttpRequest request, IdeState.Snapshot now, IReadOnlyList<string> lastLines) => new AskAgain(
        IsPoll(request) ? JsonAnswer.Of(Words(now, lastLines), contentType: Waiting)
        : Navigation.IsTopLevel(request) && (IsForPeople(request) || request.Path == "/") ? Page(request.HttpContext, now, lastLines)
        : JsonAnswer.Of(Words(now, lastLines), StatusCodes.Status503ServiceUnavailable));

    private static JsonObject Words(IdeState.Snapshot now, IReadOnlyList<string> lastLines) => new()
    {
        ["status"] = StatusCodes.Status503ServiceUnavailable,
        ["title"] = Title(now),
        ["message"] = now.Detail,
        ["detail"] = Detail(now, lastLines),
        ["next_in"] = now.NextIn,
        ["lines"] = lastLines.ToJsonArray(line => line),
        ["failed"] = HasFailed(now),
        ["seconds"] = Seconds(now),
    };

    // "curl -f .../version" is answered as a program that asks whether the IDE is there, not as a person.
    private static bool IsForPeople(HttpRequest request) =>
        request.Headers.ContainsKey("Sec-Fetch-Mode") || request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);

    private static bool HasFailed(IdeState.Snapshot now) => now.Status == IdeStatus.Failed;

    private static int Seconds(IdeState.Snapshot now) => (int)now.Elapsed.TotalSeconds;

    private static string Title(IdeState.Snapshot now) => HasFailed(now) ? "VS Code is not running" : "VS Code is starting";

    // Under a title that says that it starts: how far it is.
    private static string Detail(IdeState.Snapshot now, IReadOnlyList<string> lastLines) => now.Status == IdeStatus.Starting && lastLines is [.., var last] ? last : now.Reason;

    private static IResult Page(HttpContext context, IdeState.Snapshot now, IReadOnlyList<string> lastLines)
    {
        Journey.GoesOn(context);
        var (failed, seconds) = (HasFailed(now), Seconds(now));
        return HtmlPage.Of(
            StatusCodes.Status200OK,
            Title(now),
            $"""
            <p id="detail" role="status">{HtmlPage.Encode(Detail(now, lastLines))}</p>
            <div id="phases"{Hidden(failed)}>
            <progress aria-label="VS Code is starting"></progress>
            <ol>
            <li class="done">This server runs, and knows who you are</li>
            <li aria-current="step">VS Code's own server starts on it</li>
            <li>This page becomes VS Code, by itself</li>
            </ol>
            <p id="slow"{Hidden(failed || seconds < 30)}>This takes longer than usual. The very first start downloads the IDE, which may take a minute or two; otherwise the log of this server tells more.</p>
            </div>
            <div id="failed"{Hidden(!failed)}>
            <p id="again-soon"{Hidden(now.NextIn is null)}>It starts again by itself in <span id="next" data-seconds="{now.NextIn}">{now.NextIn} s</span>, and this page then becomes VS Code.</p>
            <p id="again-late"{Hidden(now.NextIn is not null)}>This page becomes VS Code by itself as soon as it answers again.</p>
            {WhatToDo(context)}
            </div>
            <p class="quiet"><span id="elapsed" data-seconds="{seconds}">{seconds} s</span> so far. <span id="problem" role="status"></span></p>
            <details id="printed" open{Hidden(lastLines.Count == 0)}>
            <summary>What it printed last</summary>
            <pre id="lines" tabindex="0" aria-label="The last lines of the log">{HtmlPage.Encode(string.Join('\n', lastLines))}</pre>
            </details>
            <noscript><meta http-equiv="refresh" content="{AskAgain.Seconds}"></noscript>
            """,
            Script);
    }

    private static string Hidden(bool hidden) => hidden ? " hidden" : "";

    private static string WhatToDo(HttpContext context)
    {
        var options = context.RequestServices.GetRequiredService<GatewayOptions>();
        if (options.IdeUrl is not null)
        {
            return "<p>It is run apart from this server: whoever runs it can start it again.</p>";
        }

        return Access.MayAdministerServer(context.User)
            ? $"""
              <p>You need not wait. If it ends again and again, what it printed last, or the log of this server, says why.</p>
              <form id="again" method="post" action="{HtmlPage.Encode(options.Prefix)}api/restart"><button>Start it again</button> <span id="asked" role="status"></span></form>
              """
            : "<p>If it does not come back, tell the owner of this server.</p>";
    }
}
