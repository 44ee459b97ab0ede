using System.Security.Cryptography;
using System.Text;
using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.Pages;

/// <summary>What all pages look like: one small card in light or dark, nothing loaded from anywhere.</summary>
internal static class Layout
{
    private const string Style = """
        :root {
          color-scheme: light dark;
          --ground: #f3f5f9; --card: #ffffff; --edge: #dfe4ed; --frame: #868fa2; --ink: #1b2333; --soft: #5b6579;
          --accent: #2f5bd8; --accent-strong: #2348b0; --on-accent: #ffffff; --good: #15734a; --wait: #8a5a00; --bad: #b3261e; --bad-ground: #fdeceb;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --ground: #11151d; --card: #1a202c; --edge: #2e3747; --frame: #6d788e; --ink: #e8ecf4; --soft: #a0abbf;
            --accent: #8fadff; --accent-strong: #b3c7ff; --on-accent: #0e1524; --good: #6fd6a3; --wait: #f0be62; --bad: #ff9f97; --bad-ground: #3a1f21;
          }
        }
        * { box-sizing: border-box; }
        body {
          margin: 0; min-height: 100vh; display: flex; flex-direction: column; background: var(--ground); color: var(--ink);
          font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
        }
        header { display: flex; justify-content: space-between; align-items: center; gap: 1rem; padding: 1rem 1.5rem; }
        header form, header p { margin: 0; }
        header p { display: flex; gap: 1rem; align-items: baseline; color: var(--soft); }
        .brand { display: flex; gap: .6rem; align-items: center; font-weight: 650; color: var(--ink); text-decoration: none; }
        .brand svg { width: 28px; height: 28px; }
        main { flex: 1; display: grid; place-content: center; justify-items: center; padding: 1rem; }
        .card {
          width: min(26rem, calc(100vw - 2rem)); padding: 2rem; background: var(--card); border: 1px solid var(--edge); border-radius: 14px;
          box-shadow: 0 1px 2px rgb(16 24 40 / 6%), 0 12px 32px rgb(16 24 40 / 8%);
        }
        .wide { width: min(42rem, calc(100vw - 2rem)); }
        h1 { margin: 0 0 .25rem; font-size: 1.4rem; line-height: 1.25; letter-spacing: -.01em; }
        p { margin: .25rem 0 1rem; }
        .soft { color: var(--soft); }
        a { color: var(--accent); text-underline-offset: .15em; }
        a:hover { color: var(--accent-strong); }
        label { display: block; margin: 1rem 0 .3rem; font-weight: 600; font-size: .92rem; }
        input[type=text], input[type=password] {
          width: 100%; padding: .65rem .75rem; font: inherit; color: inherit; background: var(--ground); border: 1px solid var(--frame); border-radius: 8px;
        }
        button, .button {
          display: inline-block; padding: .6rem 1.1rem; font: inherit; font-weight: 600; text-align: center; text-decoration: none; cursor: pointer;
          color: var(--on-accent); background: var(--accent); border: 1px solid transparent; border-radius: 8px;
        }
        button:hover, .button:hover { color: var(--on-accent); background: var(--accent-strong); }
        .full { width: 100%; margin-top: 1.5rem; }
        :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
        .error { margin: 1rem 0 0; padding: .6rem .75rem; color: var(--bad); background: var(--bad-ground); border-radius: 8px; }
        ul { list-style: none; margin: 1.25rem 0 0; padding: 0; }
        li { display: flex; justify-content: space-between; align-items: center; gap: 1rem; padding: .9rem 0; border-top: 1px solid var(--edge); }
        li p { margin: 0; overflow-wrap: anywhere; }
        .state::before { content: ""; display: inline-block; width: .55em; height: .55em; margin-right: .45em; border-radius: 50%; background: currentColor; }
        .ready { color: var(--good); } .pending { color: var(--wait); } .stopped { color: var(--soft); }
        .code { font-size: .85rem; font-weight: 650; letter-spacing: .06em; color: var(--soft); }
        footer { padding: 1rem 1.5rem; font-size: .85rem; color: var(--soft); text-align: center; }
        @media (prefers-reduced-motion: no-preference) {
          .pending::before { animation: breathe 1.6s ease-in-out infinite; }
          @keyframes breathe { 50% { opacity: .25; } }
        }
        """;

    private const string Mark =
        """<svg viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="8" fill="#2f5bd8"/><path d="M6.5 10.5l4 11 5.5-9.5 5.5 9.5 4-11" fill="none" stroke="#fff" stroke-width="2.8" stroke-linecap="round" stroke-linejoin="round"/></svg>""";

    private static readonly Html Icon = new("data:image/svg+xml;base64," + Convert.ToBase64String(Encoding.UTF8.GetBytes(Mark.Replace("<svg ", "<svg xmlns=\"http://www.w3.org/2000/svg\" ", StringComparison.Ordinal))));

    /// <summary>What a page may load and where its forms may lead: its own style, and the hub.</summary>
    public static string ContentSecurity { get; } =
        $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)))}'; img-src data:; form-action 'self'; base-uri 'none'";

    /// <summary>A whole page around <paramref name="card"/>.</summary>
    /// <param name="user">Who is signed in, for the line at the top; null if nobody is, or it does not matter.</param>
    /// <param name="refreshSeconds">The page asks again after so long; null: it stays.</param>
    public static Html Page(HubOptions options, string title, Html card, User? user = null, int? refreshSeconds = null, bool wide = false) => Html.Of($"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="robots" content="noindex">
        {(refreshSeconds is { } seconds ? Html.Of($"""<meta http-equiv="refresh" content="{seconds}">""") : Html.None)}
        <title>{title} · Waiide Hub</title>
        <link rel="icon" href="{Icon}">
        <style>{new Html(Style)}</style>
        </head>
        <body>
        <header>
        <a class="brand" href="{options.HubPrefix}home">{new Html(Mark)} Waiide Hub</a>
        {(user is null ? Html.None : Html.Of($"""<p>{user.Name} <a href="{options.HubPrefix}logout">Sign out</a></p>"""))}
        </header>
        <main><div class="card{(wide ? " wide" : "")}">
        {card}
        </div></main>
        <footer>Answers as JupyterHub {options.Profile.Version}</footer>
        </body>
        </html>

        """);
}
