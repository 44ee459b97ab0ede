namespace Waiide.Gateway.Open;

/// <summary>
/// A git repository that was there before, read as files. It may be anybody's, such as one out of an archive, and git that works in it runs what its configuration names:
/// a rev-parse fetches missing objects, and so asks a credential helper.
/// </summary>
internal sealed class Repository
{
    private const int Longest = 16 << 20;

    private readonly string _git;

    private Repository(string git) => _git = git;

    public string Configuration => Path.Combine(_git, "config");

    /// <summary>Null where <paramref name="folder"/> is none, or one of whose parts is elsewhere or no plain file.</summary>
    internal static Repository? Of(string folder)
    {
        var repository = new Repository(Path.Combine(folder, ".git"));
        return Directory.Exists(repository._git) && IsPlain(repository.Configuration) ? repository : null;
    }

    /// <summary>Whether its files are at that branch, tag or commit. What cannot be told from the names of commits alone is none of them.</summary>
    public bool IsAt(string wanted)
    {
        if (Read("HEAD") is not [var head, ..])
        {
            return false;
        }

        var name = head.StartsWith("ref: ", StringComparison.Ordinal) ? head["ref: ".Length..].Trim() : null;
        var now = name is null ? head : CommitOf(name);
        return name == "refs/heads/" + wanted || (now is not null && (now == wanted || now == CommitOf("refs/tags/" + wanted) || now == CommitOf("refs/heads/" + wanted)));
    }

    // "2f1c… refs/tags/v1.0" in packed-refs, and below it "^9e3b…" where the first is a tag's own object and this its commit.
    private string? CommitOf(string name)
    {
        if (!name.StartsWith("refs/", StringComparison.Ordinal) || name.Contains("..", StringComparison.Ordinal))
        {
            return null;
        }

        if (Read(name) is [var loose, ..])
        {
            return loose;
        }

        var packed = Read("packed-refs");
        var at = Array.FindIndex(packed, line => line.EndsWith(" " + name, StringComparison.Ordinal));
        return at < 0 ? null : at + 1 < packed.Length && packed[at + 1].StartsWith('^') ? packed[at + 1][1..] : packed[at].Split(' ')[0];
    }

    private string[] Read(string name) => Path.Combine(_git, name) is var file && IsPlain(file) ? File.ReadAllLines(file) : [];

    // A pipe has no length, and would be waited for; a link may lead to one.
    private static bool IsPlain(string file) => new FileInfo(file) is { Exists: true, LinkTarget: null, Length: > 0 and < Longest };
}
