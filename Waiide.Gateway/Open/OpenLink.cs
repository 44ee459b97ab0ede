using System.Globalization;
using System.Text.RegularExpressions;

namespace Waiide.Gateway.Open;

/// <summary>What a link to {prefix}open asks for: a repository at a branch, tag or commit, and a file or folder in it; without a repository, one of the workspace.</summary>
/// <param name="Repository">Its https (or http) address; null: the workspace.</param>
/// <param name="Ref">A branch, a tag, or a commit in full; null: the default branch.</param>
/// <param name="Path">Null: the whole folder.</param>
/// <param name="Line">From 1.</param>
internal sealed partial record OpenLink(Uri? Repository, string? Ref, string? Path, int? Line)
{
    private const int LongestPath = 1000;

    public bool IsEmpty => Repository is null && Path is null;

    /// <summary>True where <see cref="Ref"/> is a commit and so nothing that a clone can begin with.</summary>
    public bool RefIsCommit => Ref is not null && Commit().IsMatch(Ref);

    /// <summary>The folder that a clone goes to is named after the repository. Never a hidden one: the workspace may be the home directory, and a repository called .ssh exists quickly.
    /// For the same reason none whose programs or modules are found without being asked for: ~/bin is first on the PATH of many, and ~/node_modules is everybody's below it.</summary>
    public string FolderName => NotForAName().Replace(LastSegment(Repository!), "-").TrimStart('.', '-') switch
    {
        var name and ("bin" or "go" or "node_modules" or "perl5") => name + "-repository",
        var name => name,
    };

    /// <summary>Reads the four values (empty is missing); throws <see cref="OpenException"/> with what is wrong.</summary>
    internal static OpenLink Read(Func<string, string?> value)
    {
        string? Text(string name) => value(name)?.Trim() is { Length: > 0 } text ? text : null;
        var repository = Text("repo") is { } repo ? Address(repo) : null;
        var link = new OpenLink(repository, Text("ref"), Text("path"), Text("line") is { } line ? LineOf(line) : null);
        if (link.Ref is { } wanted && !IsRef(wanted))
        {
            throw new OpenException("ref has to be the name of a branch or tag, or the 40 digits of a commit.");
        }

        if (link.Ref is not null && repository is null)
        {
            throw new OpenException("ref needs a repo: add the address of a git repository.");
        }

        if (link.Path is { } path && !IsPath(path, mayBeAbsolute: repository is null))
        {
            throw new OpenException(repository is null
                ? "path has to be that of a file or folder in the workspace, without '..'."
                : "path has to be that of a file or folder in the repository, such as src/main.py, without '..'.");
        }

        return link;
    }

    // Not git@host:path and ssh://: nobody could be asked for a passphrase or whether the host is the right one.
    private static Uri Address(string text)
    {
        if (text.Length > LongestPath || text.Any(letter => letter is <= ' ' or > '~' or '\\')
            || !Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("https" or "http") || uri.Host.Length == 0)
        {
            throw new OpenException("repo has to be the https:// address of a git repository, such as https://github.com/octocat/Hello-World. Instead of git@host:name or ssh://, use the address that the web site shows for HTTPS.");
        }

        if (uri.UserInfo.Length > 0 || uri.Query.Length > 0 || uri.Fragment.Length > 0)
        {
            throw new OpenException("repo has to be without user name, password, '?' and '#': links are kept in histories and logs. Private repositories work by your own git credentials.");
        }

        if (new OpenLink(uri, null, null, null).FolderName.Length == 0)
        {
            throw new OpenException("repo has to end with the name of the repository, such as https://github.com/octocat/Hello-World.");
        }

        return uri;
    }

    private static int LineOf(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var line) && line > 0
        ? line
        : throw new OpenException("line has to be a number from 1.");

    // The safe part of https://git-scm.com/docs/git-check-ref-format; above all nothing that git could take for an option.
    private static bool IsRef(string text) =>
        RefName().IsMatch(text) && !text.Contains("..", StringComparison.Ordinal) && !text.Contains("//", StringComparison.Ordinal) && !text.EndsWith('.') && !text.EndsWith('/')
        && !text.EndsWith(".lock", StringComparison.Ordinal);

    private static bool IsPath(string text, bool mayBeAbsolute) =>
        text.Length <= LongestPath && !text.Any(letter => char.IsControl(letter) || letter == '\\') && (mayBeAbsolute || !text.StartsWith('/'))
        && !text.Split('/').Any(segment => segment is ".." or ".");

    private static string LastSegment(Uri repository)
    {
        var name = Uri.UnescapeDataString(repository.AbsolutePath.TrimEnd('/').Split('/')[^1]);
        return name.EndsWith(".git", StringComparison.OrdinalIgnoreCase) ? name[..^4] : name;
    }

    [GeneratedRegex(@"^[A-Za-z0-9_][A-Za-z0-9._/+@#=-]{0,199}\z")]
    private static partial Regex RefName();

    [GeneratedRegex(@"^[0-9a-f]{40}\z")]
    private static partial Regex Commit();

    [GeneratedRegex("[^A-Za-z0-9._-]+")]
    private static partial Regex NotForAName();
}
