using System.Text.Json.Nodes;

namespace Waiide.Gateway.Proxy;

/// <summary>What a person sees at the address of a dev server that is not there: what to do, and the server itself as soon as it answers.</summary>
internal static class PortPages
{
    // The page asks for itself as a program would. Only our own 502 comes with Retry-After; anything else is the server's, and worth a reload.
    private const string Script = """
        const look = async () => {
          try {
            const answer = await fetch(location.href, { headers: { Accept: 'application/json' }, cache: 'no-store', redirect: 'manual' });
            if (answer.status !== 502 || !answer.headers.has('Retry-After')) {
              location.reload();
              return;
            }
            document.getElementById('problem').textContent = '';
          } catch {
            document.getElementById('problem').textContent = 'This server does not answer at the moment; the page keeps trying.';
          }
          setTimeout(look, 2000);
        };
        setTimeout(look, 1000);
        """;

    internal static IResult NothingListens(HttpRequest request, ushort port) => new AskAgain(Navigation.IsDocument(request) // In a frame, too: that is how VS Code shows a preview.
        ? HtmlPage.Of(
            StatusCodes.Status502BadGateway,
            $"Nothing listens on port {port}",
            $"""
            <progress aria-label="Waiting for port {port}"></progress>
            <p>Start your server, and let it listen on <code>localhost:{port}</code> with plain http. This page becomes your server's as soon as it answers.</p>
            <p class="quiet" role="status" id="problem"></p>
            {(Navigation.IsTopLevel(request) ? HtmlPage.OpenIde(request.HttpContext.RequestServices.GetRequiredService<GatewayOptions>()) : "")}
            <noscript><meta http-equiv="refresh" content="{AskAgain.Seconds}"></noscript>
            """,
            Script)
        : JsonAnswer.Of(
            new JsonObject
            {
                ["status"] = StatusCodes.Status502BadGateway,
                ["message"] = $"Nothing listens on port {port}: start your server, and let it listen on localhost:{port} with plain http.",
            },
            StatusCodes.Status502BadGateway));
}
