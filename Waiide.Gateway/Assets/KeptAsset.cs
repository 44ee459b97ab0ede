using System.Text.RegularExpressions;
using Microsoft.Net.Http.Headers;

namespace Waiide.Gateway.Assets;

/// <summary>A file of VS Code's that never changes under its address, as it is kept: compressed, with what the IDE server says of it.</summary>
/// <param name="File">Its path on disk.</param>
/// <param name="ContentType">As the IDE server says.</param>
/// <param name="CacheControl">As the IDE server says: for a year, for all.</param>
/// <param name="Tag">Of the compressed content.</param>
internal sealed partial record KeptAsset(string File, string ContentType, string CacheControl, EntityTagHeaderValue Tag)
{
    /// <summary>
    /// The version and the file of an address such as /stable-53c2…950c/static/out/vs/code/browser/workbench/workbench.js; null where it is none. Such files come with the IDE server
    /// and are the same for everybody; what its other addresses answer (vscode-remote-resource, with a query) may be a person's own.
    /// </summary>
    internal static (string Version, string Path)? Address(string target) =>
        Pattern().Match(target) is { Success: true } match ? (match.Groups[1].Value, match.Groups[2].Value) : null;

    /// <summary>The files that a page of VS Code names.</summary>
    internal static IEnumerable<string> In(string page) => Named().Matches(page).Select(match => "/" + match.Value).Distinct();

    [GeneratedRegex(@"^/((?:stable|insider)-[0-9a-f]{40})/static/([A-Za-z0-9_-][A-Za-z0-9_./-]*)$")]
    private static partial Regex Pattern();

    [GeneratedRegex(@"(?:stable|insider)-[0-9a-f]{40}/static/[A-Za-z0-9_-][A-Za-z0-9_./-]*\.(?:js|css)\b")]
    private static partial Regex Named();
}
