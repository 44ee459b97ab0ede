namespace Waiide.Gateway.Open;

/// <summary>One clone of a repository: what git says of it now, and how it ended.</summary>
internal sealed class Clone(string id, OpenLink link, string folder)
{
    private readonly Lock _gate = new();
    private readonly List<string> _lines = [];

    public string Id => id;

    public OpenLink Link => link;

    public string Folder => folder;

    public bool IsDone { get; private set; }

    /// <summary>Why there is no clone, in a sentence; null while it runs, and where it went well.</summary>
    public string? Problem { get; private set; }

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_gate)
            {
                return [.. _lines];
            }
        }
    }

    /// <summary>A line of git's; one that begins with a carriage return takes the place of the last.</summary>
    public void Say(string line)
    {
        lock (_gate)
        {
            if (line.StartsWith('\r') && _lines.Count > 0)
            {
                _lines[^1] = line[1..];
            }
            else
            {
                _lines.Add(line.TrimStart('\r'));
            }
        }
    }

    public void End(string? problem)
    {
        (Problem, IsDone) = (problem, true);
    }
}
