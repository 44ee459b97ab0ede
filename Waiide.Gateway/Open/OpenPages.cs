using System.Globalization;

namespace Waiide.Gateway.Open;

/// <summary>The pages of {prefix}open. None of them may be shown in a frame: a click on "Clone" has to be meant.</summary>
internal sealed class OpenPages(GatewayOptions options)
{
    // The page asks for itself as a program would.
    private const string Script = """
        const at = id => document.getElementById(id);
        const look = async () => {
          let pause = 700;
          try {
            const answer = await fetch(location.href, { headers: { Accept: 'application/json' }, cache: 'no-store' });
            const now = await answer.json();
            at('lines').textContent = now.lines.join('\n');
            at('lines').scrollTop = at('lines').scrollHeight;
            if (now.status !== 'running') {
              location.replace(now.location ?? location.href);
              return;
            }
            at('problem').textContent = '';
          } catch {
            at('problem').textContent = 'This server does not answer at the moment; the page keeps trying.';
            pause = 2000;
          }
          setTimeout(look, pause);
        };
        setTimeout(look, 300);
        """;

    // A field without a name is not sent: people copy the address that comes of it.
    private const string FormScript = """
        document.querySelector('form').addEventListener('submit', event => {
          for (const field of event.target.querySelectorAll('input')) { field.name = field.value.trim() ? field.id : ''; }
        });
        """;

    /// <summary>{prefix}open alone: what a link can say, as a form whose answer has the link as its address.</summary>
    internal IResult Form() => Page(StatusCodes.Status200OK, "Open a repository or a file", $"""
        <p>Fill in what a link shall open. The address of the page that follows is the link: give it to whoever has a server like this.</p>
        <form action="{HtmlPage.Encode(options.Prefix)}open">
        <p><label for="repo">Repository</label><input id="repo" name="repo" type="url" placeholder="https://github.com/octocat/Hello-World"></p>
        <p><label for="ref">Branch, tag or commit</label><input id="ref" name="ref"></p>
        <p><label for="path">File or folder</label><input id="path" name="path" placeholder="src/main.py"></p>
        <p><label for="line">Line</label><input id="line" name="line" type="number" min="1"></p>
        <button>Make the link</button>
        </form>
        <p class="quiet">Without a repository, the file or folder is one of the workspace, {Code(Short(options.Workspace))}.</p>
        """, FormScript);

    internal IResult Confirm(OpenLink link, string folder) => Page(StatusCodes.Status200OK, $"Clone {link.FolderName}?", $"""
        <p>A link asks to clone from <strong>{HtmlPage.Encode(link.Repository!.Authority)}</strong></p>
        <p>{Code(link.Repository.AbsoluteUri)}{(link.Ref is { } wanted ? $" at {Code(wanted)}" : "")}</p>
        <p>into {Code(Short(folder))}{(link.Path is { } path ? $" and to open {Code(path)}{(link.Line is { } line ? string.Create(CultureInfo.InvariantCulture, $" at line {line}") : "")}" : "")}.</p>
        <p class="quiet">VS Code opens it in Restricted Mode. If you trust it there, what is in it may run as you, at once. Until then you can read it.</p>
        <form method="post" action="{HtmlPage.Encode(options.Prefix)}open">
        {Hidden("repo", link.Repository.AbsoluteUri)}{Hidden("ref", link.Ref)}{Hidden("path", link.Path)}{Hidden("line", link.Line?.ToString(CultureInfo.InvariantCulture))}
        <button>Clone and open</button>
        </form>
        <p>{Back}</p>
        """);

    /// <summary>It is there, but not at what the link says; switching could lose what somebody works on.</summary>
    internal static IResult OtherRef(OpenLink link, string folder, string location) => Page(StatusCodes.Status200OK, $"{link.FolderName} is already here", $"""
        <p>{Code(Short(folder))} is a clone of this repository, but not at {Code(link.Ref!)}, which the link asks for. Nothing was changed in it.</p>
        <p><a href="{HtmlPage.Encode(location)}">Open it as it is</a></p>
        <p class="quiet">To get there, run in a terminal: {Code($"git fetch origin {link.Ref} && git switch {(link.RefIsCommit ? "--detach " : "")}{link.Ref}")}</p>
        """);

    internal static IResult Missing(string path, string folder, string location) => Page(StatusCodes.Status404NotFound, "No such file", $"""
        <p>{Code(Short(folder))} has no {Code(path)}, or that leads out of it.</p>
        <p><a href="{HtmlPage.Encode(location)}">Open the folder</a></p>
        """);

    internal static IResult Progress(Clone clone) => Page(StatusCodes.Status200OK, $"Cloning {clone.Link.FolderName}", $"""
        <progress aria-label="Cloning"></progress>
        <p role="status">{Code(clone.Link.Repository!.AbsoluteUri)} is being cloned into {Code(Short(clone.Folder))}. VS Code opens by itself when it is there. <span id="problem"></span></p>
        <pre id="lines" tabindex="0" aria-label="What git says">{HtmlPage.Encode(string.Join('\n', clone.Lines))}</pre>
        <noscript><meta http-equiv="refresh" content="2"></noscript>
        """, Script);

    internal IResult Failed(Clone clone) => Page(StatusCodes.Status200OK, $"{clone.Link.FolderName} was not cloned", $"""
        <p role="alert">{HtmlPage.Encode(clone.Problem!)}</p>
        {(clone.Lines.Count == 0 ? "" : $"<pre tabindex=\"0\" aria-label=\"What git says\">{HtmlPage.Encode(string.Join('\n', clone.Lines))}</pre>")}
        <p>{Back}</p>
        """);

    internal IResult Problem(int status, string sentence) => Page(status, "This link cannot be followed", $"""
        <p role="alert">{HtmlPage.Encode(sentence)}</p>
        <p>{Back}</p>
        """);

    private string Back => $"<a href=\"{HtmlPage.Encode(options.Prefix)}\">Open VS Code without it</a>";

    private static string Code(string text) => $"<code>{HtmlPage.Encode(text)}</code>";

    private static string Hidden(string name, string? value) => value is null ? "" : $"<input type=\"hidden\" name=\"{name}\" value=\"{HtmlPage.Encode(value)}\">";

    private static string Short(string path) =>
        Environment.GetEnvironmentVariable("HOME") is { Length: > 1 } home && (path == home || path.StartsWith(home + "/", StringComparison.Ordinal)) ? "~" + path[home.Length..] : path;

    private static Unframed Page(int status, string title, string bodyHtml, string? script = null) => new(HtmlPage.Of(status, title, bodyHtml, script));

    private sealed class Unframed(IResult page) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            // A policy of its own beside the others: the strictest counts, whoever else may show the IDE in a frame.
            httpContext.Response.OnStarting(() =>
            {
                httpContext.Response.Headers.Append("Content-Security-Policy", "frame-ancestors 'none'");
                return Task.CompletedTask;
            });
            return page.ExecuteAsync(httpContext);
        }
    }
}
