using System.Security.Cryptography;
using System.Text.Encodings.Web;

namespace Waiide.Gateway;

/// <summary>The one page that the gateway itself shows: a title and a few sentences, complete in one response, light and dark.</summary>
internal static class HtmlPage
{
    private const string Style = """
        :root { color-scheme: light dark; --ink: #1f2328; --quiet: #59636e; --paper: #f6f8fa; --card: #ffffff; --line: #d1d9e0; --edge: #6e7781; --accent: #0b5cad; --on-accent: #ffffff; }
        @media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --quiet: #9da7b1; --paper: #0d1117; --card: #161b22; --line: #30363d; --edge: #7d8590; --accent: #6cb6ff; --on-accent: #0d1117; } }
        * { box-sizing: border-box; } [hidden] { display: none !important; }
        body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1rem; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
        main { width: 100%; max-width: 38rem; padding: clamp(1rem, 5vw, 2rem); background: var(--card); border: 1px solid var(--line); border-radius: .75rem; overflow-wrap: anywhere; }
        h1 { margin: 0 0 .75rem; font-size: 1.35rem; line-height: 1.3; }
        p { margin: .75rem 0; } .quiet { color: var(--quiet); font-size: .9rem; }
        a { color: var(--accent); } code, pre { font: .9em ui-monospace, monospace; }
        pre { padding: .75rem; max-height: 16rem; overflow: auto; white-space: pre-wrap; border: 1px solid var(--line); border-radius: .5rem; }
        ol { margin: .75rem 0; padding: 0; list-style: none; color: var(--quiet); } li { padding-left: 1.5em; text-indent: -1.5em; } li::before { content: "\25CB"; display: inline-block; width: 1.5em; text-indent: 0; }
        li.done::before { content: "\2713"; } li[aria-current] { color: var(--ink); font-weight: 600; } li[aria-current]::before { content: "\25CF"; color: var(--accent); }
        progress { width: 100%; accent-color: var(--accent); } @media (prefers-reduced-motion: reduce) { progress { display: none; } }
        summary { color: var(--quiet); cursor: pointer; } label { display: block; margin-bottom: .25rem; font-weight: 600; }
        input { width: 100%; padding: .6rem .75rem; font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--edge); border-radius: .5rem; }
        button { margin-top: 1rem; padding: .6rem 1.25rem; font: inherit; font-weight: 600; color: var(--on-accent); background: var(--accent); border: 0; border-radius: .5rem; cursor: pointer; }
        :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
        """;

    // A page without an icon of its own makes browsers ask for /favicon.ico, which under a hub is the hub's.
    private const string Icon = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect width='16' height='16' rx='3' fill='%230b5cad'/%3E%3Cpath d='M3 5l2 6 3-5 3 5 2-6' fill='none' stroke='%23fff' stroke-width='1.5'/%3E%3C/svg%3E";

    /// <summary>A page with <paramref name="bodyHtml"/> under the title; whatever came from outside must have gone through <see cref="Encode"/>. A script runs by its nonce.</summary>
    internal static IResult Of(int status, string title, string bodyHtml, string? script = null) => new Page(status, title, bodyHtml, script);

    /// <summary>The way on from a page that is no way in itself.</summary>
    internal static string OpenIde(GatewayOptions options) => $"<p><a href=\"{Encode(options.Prefix)}\">Open VS Code</a></p>";

    /// <summary>Text made safe for HTML, in content as in quoted attributes.</summary>
    internal static string Encode(string text) => HtmlEncoder.Default.Encode(text);

    private sealed class Page(int status, string title, string bodyHtml, string? script) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            var nonce = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
            var response = httpContext.Response;
            response.StatusCode = status;
            response.ContentType = "text/html; charset=utf-8";
            response.Headers.CacheControl = "no-store";
            response.Headers.ContentSecurityPolicy =
                $"default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; connect-src 'self'; img-src data:; form-action 'self'; base-uri 'none'";
            return response.WriteAsync(
                $"""
                <!DOCTYPE html>
                <html lang="en">
                <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <meta name="referrer" content="same-origin">
                <meta name="color-scheme" content="light dark">
                <link rel="icon" href="{Icon}">
                <title>{Encode(title)} · Waiide</title>
                <style nonce="{nonce}">
                {Style}
                </style>
                </head>
                <body>
                <main>
                <h1>{Encode(title)}</h1>
                {bodyHtml}
                </main>
                {(script is null ? "" : $"<script nonce=\"{nonce}\">\n{script}\n</script>\n")}</body>
                </html>

                """,
                httpContext.RequestAborted);
        }
    }
}
