using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Net.Http.Headers;

namespace Waiide.Gateway.Assets;

/// <summary>A file of VS Code's that never changes under its address, as it is kept: compressed.</summary>
/// <param name="File">Its path on disk.</param>
/// <param name="Identity">Of the file whose content was checked.</param>
/// <param name="ContentType">As the IDE server says.</param>
/// <param name="Age">How long it may be kept, as the IDE server says: a year.</param>
/// <param name="Hash">Of what is compressed.</param>
internal sealed partial record KeptAsset(string File, FileIdentity Identity, string ContentType, TimeSpan Age, string Hash)
{
    /// <summary>Of the compressed content: the same file by another quality is another.</summary>
    public EntityTagHeaderValue Tag { get; } = new($"\"{Hash[..32]}-{Identity.Size:x}-br\"");

    /// <summary>The IDE server says "public". But it was for somebody who is signed in, so it is nothing for a cache that others share. It never changes, so a reload need not ask again.</summary>
    public string CacheControl { get; } = string.Create(CultureInfo.InvariantCulture, $"private, max-age={Age.TotalSeconds:0}, immutable");

    /// <summary>Null where somebody has taken it away, as other gateways do with what is old; and where it is not as it was when it was checked.</summary>
    public FileStream? Open()
    {
        try
        {
            var content = new FileStream(File, new FileStreamOptions { Share = FileShare.Read | FileShare.Delete, BufferSize = 0, Options = FileOptions.Asynchronous });
            if (FileIdentity.Of(content.SafeFileHandle) == Identity)
            {
                return content;
            }

            content.Dispose();
            return null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>
    /// The version and the file of an address such as /stable-53c2…950c/static/out/vs/code/browser/workbench/workbench.js; null where it is none. Such files come with the IDE server
    /// and are the same for everybody; what its other addresses answer (vscode-remote-resource, with a query) may be a person's own.
    /// </summary>
    internal static (string Version, string Path)? Address(string target) =>
        Pattern().Match(target) is { Success: true } match ? (match.Groups[1].Value, match.Groups[2].Value) : null;

    /// <summary>The files that a page of VS Code names.</summary>
    internal static IEnumerable<string> In(string page) => Named().Matches(page).Select(match => "/" + match.Value).Distinct();

    [GeneratedRegex(@"^/((?:stable|insider)-[0-9a-f]{40})/static/([A-Za-z0-9_@-][A-Za-z0-9_@./-]*)$")]
    private static partial Regex Pattern();

    [GeneratedRegex(@"(?:stable|insider)-[0-9a-f]{40}/static/[A-Za-z0-9_-][A-Za-z0-9_./-]*\.(?:js|css)\b")]
    private static partial Regex Named();
}
