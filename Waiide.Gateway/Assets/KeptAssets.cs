using System.Collections.Concurrent;
using System.Net;
using System.Text.RegularExpressions;
using System.Threading.Channels;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Waiide.Gateway.Ide;

namespace Waiide.Gateway.Assets;

/// <summary>
/// VS Code's own files, compressed better than the IDE server does it for each browser anew, and without its processor. What is served was asked of the IDE server that runs now, since it
/// runs: a kept file stands for what has its hash, never for a name.
/// </summary>
internal sealed partial class KeptAssets(IdeState state, IdeFiles ide, AssetFolder folder, IHostApplicationLifetime lifetime, ILogger<KeptAssets> logger) : BackgroundService
{
    // With any other, such as a Content-Security-Policy, the answer says more than is kept of it.
    private static readonly HashSet<string> Plain = new(StringComparer.OrdinalIgnoreCase)
    {
        "Accept-Ranges", "Cache-Control", "Connection", "Content-Length", "Content-Type", "Date", "ETag", "Keep-Alive", "Last-Modified", "Server", "Transfer-Encoding", "Vary",
    };

    // Less is not worth a file.
    private const long Shortest = 512;

    // Of different addresses that are remembered; a browser asks for about thirty. Somebody who makes up others gets them from the IDE server.
    private const int MostFiles = 1000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    // Of one processor: people who have just started their server want it for themselves.
    private const double Share = 0.5;

    private readonly Channel<string> _asked = Channel.CreateBounded<string>(new BoundedChannelOptions(256) { FullMode = BoundedChannelFullMode.DropWrite });
    private volatile Run? _run;

    // Done when those that the folder has for this run are checked; null where nothing is kept.
    private volatile TaskCompletionSource? _known;

    /// <summary>The files of one run of the IDE server; null: looked at, and not worth keeping.</summary>
    private sealed record Run(IdeState.Snapshot Of)
    {
        public ConcurrentDictionary<string, KeptAsset?> Files { get; } = new(StringComparer.Ordinal);
    }

    /// <summary>Null but just after a start: the first browser waits a moment for files that are kept, but not checked yet, rather than get larger ones that the IDE server has to compress.</summary>
    public Task? Soon(string target) =>
        _known is { Task: { IsCompleted: false } known } && state.IsUsable && KeptAsset.Address(target) is not null && _run?.Files.ContainsKey(target) is not true ? WaitAsync(known) : null;

    private static async Task WaitAsync(Task known) => await Task.WhenAny(known, Task.Delay(Patience));

    /// <summary>Answers where <paramref name="target"/>, as the IDE server would see it, is kept and the browser takes it compressed; else null. Others are remembered for the next who asks.</summary>
    public Task? Answer(HttpContext context, string target)
    {
        if (_run is not { } run || !(HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method)))
        {
            return null;
        }

        if (!run.Files.TryGetValue(target, out var asset))
        {
            if (KeptAsset.Address(target) is not null)
            {
                _asked.Writer.TryWrite(target);
            }

            return null;
        }

        return asset is not null && ReferenceEquals(run.Of.Losing, state.Now.Losing) && state.IsUsable && TakesBrotli(context.Request) && asset.Open() is { } content ? ServeAsync(context, asset, content) : null;
    }

    private static Task ServeAsync(HttpContext context, KeptAsset asset, FileStream content)
    {
        var headers = context.Response.Headers;
        headers.ContentEncoding = "br";
        headers.Vary = StringValues.Concat(headers.Vary, HeaderNames.AcceptEncoding);
        headers.CacheControl = asset.CacheControl;
        return TypedResults.Stream(content, asset.ContentType, entityTag: asset.Tag, enableRangeProcessing: true).ExecuteAsync(context);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _known = NotYet();
        await lifetime.ListeningAsync(stoppingToken);
        folder.Open();
        while (folder.IsUsable)
        {
            await state.UsableAsync(stoppingToken);
            if (state.Now is not { Status: IdeStatus.Running } now)
            {
                continue; // Gone again, by now.
            }

            using var lost = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, now.Lost);
            try
            {
                await KeepAsync(_run = new Run(now), _known, lost.Token);
            }
            catch (OperationCanceledException) when (!stoppingToken.IsCancellationRequested)
            {
                // The IDE server is gone; the next may be another.
                _known = NotYet();
            }
        }

        _known = null;
    }

    private async Task KeepAsync(Run run, TaskCompletionSource known, CancellationToken cancellationToken)
    {
        var later = new List<string>();
        try
        {
            foreach (var target in await KnownAsync(known, cancellationToken))
            {
                if (!await TryAsync(() => LookAsync(run, target, mayCompress: false, cancellationToken), cancellationToken))
                {
                    later.Add(target);
                }
            }
        }
        finally
        {
            known.TrySetResult();
        }

        foreach (var target in later)
        {
            await TryAsync(() => LookAsync(run, target, mayCompress: true, cancellationToken), cancellationToken);
        }

        await foreach (var target in _asked.Reader.ReadAllAsync(cancellationToken))
        {
            await TryAsync(() => LookAsync(run, target, mayCompress: true, cancellationToken), cancellationToken);
        }
    }

    /// <summary>What VS Code's page names, and what browsers have asked for before. To ask for the page makes the IDE server ready to answer the first person, too.</summary>
    private async Task<IReadOnlyList<string>> KnownAsync(TaskCompletionSource nothing, CancellationToken cancellationToken)
    {
        var known = new List<string>();
        await TryAsync(async () =>
        {
            // "53c2f3253bcf32886706fc023e794bbeb253c90f"
            var commit = (await ide.TextAsync("/version", 1024, cancellationToken)).Trim();
            if (!Commit().IsMatch(commit))
            {
                throw new HttpRequestException("/version is no commit of VS Code's.");
            }

            var name = "stable-" + commit;
            var kept = folder.Names(name);
            if (kept.Count == 0)
            {
                nothing.TrySetResult();
            }

            // Not its root, where code-server takes what is asked for as the folder that the person has opened last.
            known.AddRange(KeptAsset.In(await ide.TextAsync($"/{name}/", 1 << 20, cancellationToken)).Take(20));
            known.AddRange(kept.Select(path => $"/{name}/static/{path}"));
            return true;
        }, cancellationToken);
        return [.. known.Distinct()];
    }

    /// <summary>False where it would have to be compressed first.</summary>
    private async Task<bool> LookAsync(Run run, string target, bool mayCompress, CancellationToken cancellationToken)
    {
        if (run.Files.ContainsKey(target) || run.Files.Count >= MostFiles || KeptAsset.Address(target) is not { } address)
        {
            return true;
        }

        using var answer = await ide.GetAsync(target, cancellationToken);
        if (answer is not { StatusCode: HttpStatusCode.OK, Content.Headers: { ContentEncoding.Count: 0, ContentType: { MediaType: not "text/html" } type } }
            || answer.Headers.Concat(answer.Content.Headers).Any(header => !Plain.Contains(header.Key))
            || answer.Headers.CacheControl is not { Public: true, MaxAge: { TotalDays: >= 1 } age })
        {
            run.Files[target] = null;
            return true;
        }

        var (hash, length) = await ContentHash.OfAsync(await answer.Content.ReadAsStreamAsync(cancellationToken), cancellationToken);
        var isWorthIt = length is >= Shortest and <= ContentHash.Longest;
        var file = isWorthIt ? await folder.FindAsync(hash, cancellationToken) : null;
        if (file is null && isWorthIt && folder.IsWritable)
        {
            if (!mayCompress)
            {
                return false;
            }

            // Gateways that were started together, for a class, do not all do the same: the others find what the first has made.
            using var alone = await folder.AloneAsync(cancellationToken);
            file = await folder.FindAsync(hash, cancellationToken);
            if (file is null && folder.HasRoom(address.Version) && await CompressAsync(target, hash, cancellationToken))
            {
                file = await folder.FindAsync(hash, cancellationToken);
            }

            if (file is not null)
            {
                folder.Remember(address.Version, address.Path, hash);
                folder.Prune();
            }
        }

        run.Files[target] = file is { } found ? new KeptAsset(found.Path, found.Identity, type.ToString(), age, hash) : null;
        return true;
    }

    /// <summary>False where it gets hardly smaller, as pictures do, or where it is another file by now.</summary>
    private async Task<bool> CompressAsync(string target, string hash, CancellationToken cancellationToken)
    {
        var draft = folder.Draft();
        try
        {
            using var answer = await ide.GetAsync(target, cancellationToken);
            string read;
            long from, to;
            await using (var file = new FileStream(draft, FileMode.CreateNew, FileAccess.Write))
            {
                await using var body = await answer.Content.ReadAsStreamAsync(cancellationToken);
                (read, from, to) = await PacedBrotli.CompressAsync(body, file, Share, cancellationToken);
            }

            if (read != hash || to > from * 0.9)
            {
                return false;
            }

            Log.Kept(logger, target, from, to);
            folder.Keep(draft, hash);
            return true;
        }
        finally
        {
            File.Delete(draft);
        }
    }

    // Nobody waits for any of this: what fails is left to the IDE server.
    private async Task<bool> TryAsync(Func<Task<bool>> attempt, CancellationToken cancellationToken)
    {
        try
        {
            return await attempt();
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or UnauthorizedAccessException && !cancellationToken.IsCancellationRequested)
        {
            Log.LeftToTheIde(logger, failure.Message);
            return true;
        }
    }

    private static TaskCompletionSource NotYet() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static bool TakesBrotli(HttpRequest request) =>
        StringWithQualityHeaderValue.TryParseList(request.Headers.AcceptEncoding, out var codings) && codings.Any(coding => coding.Value.Equals("br", StringComparison.OrdinalIgnoreCase) && coding.Quality is not 0);

    // "53c2f3253bcf32886706fc023e794bbeb253c90f": it becomes a part of a file's name.
    [GeneratedRegex("^[0-9a-f]{40}$")]
    private static partial Regex Commit();

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Debug, Message = "{Target} is kept compressed: {From} bytes, now {To}.")]
        public static partial void Kept(ILogger logger, string target, long from, long to);

        [LoggerMessage(Level = LogLevel.Debug, Message = "A file of VS Code's is left to the IDE server: {Reason}")]
        public static partial void LeftToTheIde(ILogger logger, string reason);
    }
}
