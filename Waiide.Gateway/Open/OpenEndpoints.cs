using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Features;

namespace Waiide.Gateway.Open;

/// <summary>{prefix}open?repo=&amp;ref=&amp;path=&amp;line=: a link that opens a repository or a file in VS Code. Nothing is fetched before the person has said so.</summary>
internal sealed class OpenEndpoints(GatewayOptions options, Clones clones, OpenPages pages)
{
    private const long LongestForm = 16 << 10;

    private bool IsAttached => options.IdeUrl is not null;

    /// <summary>GET: asks, or opens what is there already.</summary>
    internal Task<IResult> GetAsync(HttpContext context) => AnswerAsync(context, async () =>
    {
        var link = OpenLink.Read(name => context.Request.Query[name]);
        if (link.IsEmpty)
        {
            return pages.Form();
        }

        if (link.Repository is null)
        {
            return OpenInWorkspace(context, link);
        }

        RequireGit();
        var place = await clones.PlaceOfAsync(link);
        return place.IsThere ? OpenThere(context, link, place.Folder) : pages.Confirm(link, place.Folder);
    });

    /// <summary>POST: clones.</summary>
    internal Task<IResult> PostAsync(HttpContext context) => AnswerAsync(context, async () =>
    {
        if (!PostedForm.IsOf(context.Request))
        {
            return pages.Problem(StatusCodes.Status415UnsupportedMediaType, "Send a form (application/x-www-form-urlencoded).");
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = LongestForm;
        }

        var form = await PostedForm.ReadAsync(context);
        var link = OpenLink.Read(name => form[name]);
        if (link.Repository is null)
        {
            throw new OpenException("repo is missing: which repository shall be cloned?");
        }

        RequireGit();
        var place = await clones.PlaceOfAsync(link);
        return place.IsThere ? OpenThere(context, link, place.Folder) : new SeeOther($"{options.Prefix}open/{clones.Start(link, place.Folder).Id}");
    });

    /// <summary>GET /{id}: how a clone is going, for the page and for its script.</summary>
    internal IResult Progress(HttpContext context, string id)
    {
        if (clones.Find(id) is not { } clone)
        {
            return pages.Problem(StatusCodes.Status404NotFound, "This server knows of no such clone; it may have been started again meanwhile. Follow the link once more.");
        }

        context.Response.Headers.CacheControl = "no-store";
        if (!Navigation.IsTopLevel(context.Request))
        {
            var isThere = clone is { IsDone: true, Problem: null };
            return JsonAnswer.Of(new JsonObject
            {
                ["status"] = clone switch { { IsDone: false } => "running", { Problem: null } => "done", _ => "failed" },
                ["lines"] = clone.Lines.ToJsonArray(line => line),
                ["message"] = clone.Problem,
                ["location"] = isThere && Exists(clone.Link, clone.Folder) ? LocationOf(context, clone.Link, clone.Folder) : null,
            });
        }

        return clone switch
        {
            { IsDone: false } => OpenPages.Progress(clone),
            { Problem: null } => Open(context, clone.Link, clone.Folder),
            _ => pages.Failed(clone),
        };
    }

    // A clone that is there is opened as it is: its owner may be in the middle of something.
    private IResult OpenThere(HttpContext context, OpenLink link, string folder) =>
        link.Ref is { } wanted && Repository.Of(folder)?.IsAt(wanted) != true
            ? OpenPages.OtherRef(link, folder, Exists(link, folder) ? LocationOf(context, link, folder) : LocationOf(context, link with { Path = null }, folder))
            : Open(context, link, folder);

    private IResult OpenInWorkspace(HttpContext context, OpenLink link)
    {
        if (IsAttached)
        {
            // Its folders may be those of another machine: what is a folder there, only the link can tell.
            var path = Path.GetFullPath(link.Path!, options.Workspace);
            return path.StartsWith(options.Workspace.TrimEnd('/') + "/", StringComparison.Ordinal)
                ? TypedResults.Redirect(path.EndsWith('/') ? At(context, path.TrimEnd('/'), null, null) : At(context, options.Workspace, path, link.Line))
                : pages.Problem(StatusCodes.Status400BadRequest, "path has to be that of a file or folder in the workspace, without '..'.");
        }

        return Open(context, link, options.Workspace);
    }

    private IResult Open(HttpContext context, OpenLink link, string folder) => Exists(link, folder)
        ? TypedResults.Redirect(LocationOf(context, link, folder))
        : OpenPages.Missing(link.Path!, folder, At(context, folder, null, null));

    private static bool Exists(OpenLink link, string folder) => link.Path is null || RealPath.Within(folder, link.Path) is not null;

    private string LocationOf(HttpContext context, OpenLink link, string folder)
    {
        var path = link.Path is null ? folder : RealPath.Within(folder, link.Path)!;
        return Directory.Exists(path) ? At(context, path, null, null) : At(context, folder, path, link.Line);
    }

    private string At(HttpContext context, string folder, string? file, int? line) => IdeLocation.Of(options.Prefix, context.Request.Host.Value!, folder, file, line);

    private void RequireGit()
    {
        if (IsAttached)
        {
            throw new OpenException("The IDE of this server runs elsewhere, where the gateway cannot clone anything. Clone the repository in a terminal of VS Code.");
        }

        if (!Git.IsInstalled)
        {
            throw new OpenException("git is not installed on this server: whoever runs it has to install it.");
        }
    }

    private async Task<IResult> AnswerAsync(HttpContext context, Func<Task<IResult>> answer)
    {
        context.Response.Headers.CacheControl = "no-store";
        try
        {
            return await answer();
        }
        catch (OpenException problem)
        {
            return pages.Problem(StatusCodes.Status400BadRequest, problem.Message);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            return pages.Problem(StatusCodes.Status504GatewayTimeout, "git did not answer in time. Follow the link again in a moment.");
        }
        catch (Exception malformed) when (malformed is InvalidDataException or BadHttpRequestException)
        {
            return pages.Problem((malformed as BadHttpRequestException)?.StatusCode ?? StatusCodes.Status400BadRequest, "The form is malformed, too large or too slow.");
        }
    }

    // After a POST the browser goes on with GET, and a reload asks for the same page again.
    private sealed class SeeOther(string location) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
            httpContext.Response.Headers.Location = location;
            return Task.CompletedTask;
        }
    }
}
