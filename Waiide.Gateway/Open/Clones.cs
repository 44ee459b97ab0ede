using System.Collections.Concurrent;
using System.Security.Cryptography;
using Waiide.Gateway.Ide;

namespace Waiide.Gateway.Open;

/// <summary>Clones repositories into the workspace, each folder by one at a time; what was there before is never touched.</summary>
internal sealed partial class Clones(GatewayOptions options, Git git, IdeHome home, IHostApplicationLifetime lifetime, ILogger<Clones> logger) : BackgroundService
{
    private const int MostNames = 9;
    private const int MostAtATime = 4;
    private static readonly TimeSpan Limit = TimeSpan.FromHours(1);

    // A host that sends nothing for a minute will not send anything any more.
    private static readonly string[] NotForEver = ["-c", "http.lowSpeedLimit=1", "-c", "http.lowSpeedTime=60"];

    // One for each clone that is not whole yet, with the name of its folder. The data directory is locked by its gateway, so whatever it finds there at its start has been left.
    private string Notes => Path.Combine(options.DataDirectory, "unfinished-clones");

    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<string, Clone> _known = new();

    /// <summary>Where a link's repository is or will be.</summary>
    internal sealed record Place(string Folder, bool IsThere);

    public Clone? Find(string id) => _known.GetValueOrDefault(id);

    /// <summary>The folder of the repository's name; where something else has that, one with a number.</summary>
    public async Task<Place> PlaceOfAsync(OpenLink link)
    {
        for (var number = 1; number <= MostNames; number++)
        {
            var folder = Path.Combine(options.Workspace, link.FolderName + (number == 1 ? "" : $"-{number}"));
            if (!Path.Exists(folder) && new FileInfo(folder).LinkTarget is null)
            {
                return new Place(folder, IsThere: false);
            }

            if (Repository.Of(folder) is { } found && await git.ReadAsync(found.Configuration, "remote.origin.url") is { } remote && IsSame(remote, link.Repository!))
            {
                return new Place(folder, IsThere: true);
            }
        }

        throw new OpenException($"{options.Workspace} has too many folders named {link.FolderName} that are something else. Rename one, and follow the link again.");
    }

    /// <summary>Begins a clone, or finds the one that is going on there.</summary>
    public Clone Start(OpenLink link, string folder)
    {
        lock (_gate)
        {
            var going = _known.Values.Where(clone => !clone.IsDone).ToList();
            if (going.Find(clone => clone.Folder == folder) is { } same)
            {
                return same.Link == link ? same : throw new OpenException($"Something else is being cloned into {folder} at the moment. Follow the link again when that has ended.");
            }

            if (going.Count >= MostAtATime)
            {
                throw new OpenException("Several repositories are being cloned at the moment. Follow the link again when one of them is there.");
            }

            foreach (var old in _known.Where(known => known.Value.IsDone).Take(Math.Max(0, _known.Count - 20)))
            {
                _known.TryRemove(old);
            }

            var clone = new Clone(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)), link, folder);
            _known[clone.Id] = clone;
            _ = Task.Run(() => RunAsync(clone));
            return clone;
        }
    }

    private async Task RunAsync(Clone clone)
    {
        var (repository, wanted) = (clone.Link.Repository!.AbsoluteUri, clone.Link.Ref);
        Log.Begins(logger, repository, clone.Folder);

        // Made beside and moved when it is whole: a folder of that name is a clone, or is not there.
        var unfinished = Path.Combine(options.Workspace, $".{Path.GetFileName(clone.Folder)}.{clone.Id}.cloning");
        var note = Path.Combine(Notes, clone.Id);
        string? problem;
        try
        {
            Directory.CreateDirectory(options.Workspace);
            Directory.CreateDirectory(Notes);
            await File.WriteAllTextAsync(note, unfinished);
            string[] branch = wanted is null || clone.Link.RefIsCommit ? [] : ["--branch", wanted];
            string[] make = ["-C", options.Workspace, .. NotForEver, "clone", "--progress", .. branch, "--", repository, unfinished];
            var code = await git.RunAsync(make, line => clone.Say(line.Replace(unfinished, clone.Folder, StringComparison.Ordinal)), Limit, lifetime.ApplicationStopping);
            if (code == 0 && clone.Link.RefIsCommit)
            {
                code = await git.RunAsync(["-C", unfinished, "checkout", "--detach", wanted!, "--"], clone.Say, Limit, lifetime.ApplicationStopping);
            }

            if (code == 0)
            {
                FromLink.Mark(unfinished);
                Directory.Move(unfinished, clone.Folder);
            }

            problem = code == 0 ? null : Sentence(clone);
        }
        catch (OperationCanceledException)
        {
            problem = lifetime.ApplicationStopping.IsCancellationRequested ? "The server was stopped." : $"It was not done within {Limit.TotalHours} h.";
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or IdeException)
        {
            problem = failure.Message;
        }

        if (problem is not null)
        {
            Log.Failed(logger, repository, problem);
        }

        Remove(unfinished, note);
        clone.End(problem);
    }

    /// <summary>Removes what a gateway that was killed has left unfinished.</summary>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await home.Entered.WaitAsync(stoppingToken); // Until then the killed one's git may still write there.
        foreach (var note in Directory.Exists(Notes) ? Directory.GetFiles(Notes) : [])
        {
            if (!_known.ContainsKey(Path.GetFileName(note)))
            {
                Remove(await File.ReadAllTextAsync(note, stoppingToken), note);
            }
        }
    }

    private void Remove(string unfinished, string note)
    {
        try
        {
            if (Directory.Exists(unfinished))
            {
                Directory.Delete(unfinished, recursive: true);
            }

            File.Delete(note);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Log.Remains(logger, unfinished, failure.Message);
        }
    }

    // What git says most often, and what to do about it; anything else is on the page as git has said it.
    private static string Sentence(Clone clone)
    {
        var said = string.Join('\n', clone.Lines);
        bool Has(string text) => said.Contains(text, StringComparison.OrdinalIgnoreCase);
        return 0 switch
        {
            _ when Has("could not read Username") || Has("Authentication failed") || Has("terminal prompts disabled") =>
                "The repository does not exist, or asks who you are. For a private one, let git keep your credentials (git config credential.helper store, then clone once in a terminal), and follow the link again.",
            _ when Has("Remote branch") && Has("not found") => $"The repository has no branch or tag named {clone.Link.Ref}.",
            _ when Has("reference is not a tree") || Has("unable to read tree") => $"The repository has no commit {clone.Link.Ref}.",
            _ when Has("not found") => "There is no such repository at that address.",
            _ when Has("Could not resolve host") || Has("Failed to connect") || Has("Couldn't connect") => "The host of the repository cannot be reached from this server.",
            _ when Has("Operation too slow") => "The host of the repository has stopped answering.",
            _ when Has("No space left on device") => "The disk is full.",
            _ => "git could not clone it; below is what it says.",
        };
    }

    // As people write the same address: with and without .git, a slash, a user name, capitals in the host.
    internal static bool IsSame(string remote, Uri repository) => Uri.TryCreate(remote, UriKind.Absolute, out var uri) && Plain(uri) == Plain(repository);

    private static string Plain(Uri uri)
    {
        var path = uri.AbsolutePath.TrimEnd('/');
        return $"{uri.Scheme}://{uri.Authority}{(path.EndsWith(".git", StringComparison.OrdinalIgnoreCase) ? path[..^4] : path)}";
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "{Repository} is cloned into {Folder}, as a user has asked for.")]
        public static partial void Begins(ILogger logger, string repository, string folder);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Repository} could not be cloned: {Problem}")]
        public static partial void Failed(ILogger logger, string repository, string problem);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Folder}, an unfinished clone, cannot be removed: {Problem}")]
        public static partial void Remains(ILogger logger, string folder, string problem);
    }
}
