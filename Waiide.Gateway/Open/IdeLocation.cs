using System.Globalization;

namespace Waiide.Gateway.Open;

/// <summary>The address at which VS Code opens a folder, and a file in it at a line.</summary>
internal static class IdeLocation
{
    /// <summary><paramref name="authority"/> is the host and port that the browser knows this server by: VS Code's own name for the machine.</summary>
    internal static string Of(string prefix, string authority, string folder, string? file, int? line)
    {
        var location = $"{prefix}?folder={Escape(folder)}";
        if (file is null)
        {
            return location;
        }

        // ?payload=[["openFile","vscode-remote://localhost:8070/work/a.py:12"],["gotoLineMode","true"]]: how VS Code's own "code --goto" reaches a browser.
        var uri = $"vscode-remote://{authority}{Escape(file)}{(line is { } number ? ":" + number.ToString(CultureInfo.InvariantCulture) : "")}";
        var payload = $"[[\"openFile\",\"{uri}\"]{(line is null ? "" : ",[\"gotoLineMode\",\"true\"]")}]";
        return $"{location}&payload={Uri.EscapeDataString(payload)}";
    }

    private static string Escape(string path) => string.Join('/', path.Split('/').Select(Uri.EscapeDataString));
}
