using System.Text.Json.Nodes;

namespace Waiide.Tests.Hub;

/// <summary>
/// One exchange recorded from a real JupyterHub. A file is a comment, "api|front METHOD target", header lines, an empty line and a body; ">>>";
/// then the status, the header lines that matter, an empty line and the JSON. {…} in a request is filled in when it is replayed; {any} in an answer may be anything.
/// </summary>
internal sealed record Transcript(string Via, string Method, string Target, (string Name, string Value)[] Headers, string? Body, int Status, (string Name, string Value)[] AnswerHeaders, JsonNode? Json)
{
    public static string Directory { get; } = Path.Combine(AppContext.BaseDirectory, "Hub", "Transcripts");

    public static Transcript Read(string name)
    {
        var halves = File.ReadAllText(Path.Combine(Directory, name)).Split("\n>>>\n");
        var (request, body) = Split(halves[0].Split('\n', 2)[1]);
        var (answer, json) = Split(halves[1]);
        var first = request[0].Split(' ', 3);
        return new Transcript(
            first[0], first[1], first[2], Lines(request), body, int.Parse(answer[0], System.Globalization.CultureInfo.InvariantCulture), Lines(answer), json is null ? null : JsonNode.Parse(json));
    }

    private static (string[] Lines, string? Body) Split(string half)
    {
        var parts = half.Split("\n\n", 2);
        var body = parts.Length == 2 ? parts[1].TrimEnd('\n') : "";
        return (parts[0].TrimEnd('\n').Split('\n'), body.Length == 0 ? null : body);
    }

    private static (string, string)[] Lines(string[] lines) =>
        [.. lines.Skip(1).Select(line => line.Split(": ", 2)).Select(pair => (pair[0], pair[1]))];
}
