using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Waiide.Gateway;

// The IDE server and its folders.
internal sealed partial class GatewayOptionsReader
{
    private bool IsServiceLink(string name)
    {
        if (Text(name) is not { } text || !text.Contains("://", StringComparison.Ordinal))
        {
            return false;
        }

        _warnings.Add($"{name} is '{text}', which a service of that name has set; it is ignored.");
        return true;
    }

    private string? HashedPassword(bool isAttached)
    {
        var hash = Text("WAIIDE_IDE_HASHED_PASSWORD");
        if (hash is not null && !isAttached)
        {
            _mistakes.Add("WAIIDE_IDE_HASHED_PASSWORD is set, but WAIIDE_IDE_URL is not. Set WAIIDE_IDE_URL to the IDE server that has this password.");
        }
        else if (hash is not null && !Visible().IsMatch(hash))
        {
            _mistakes.Add("WAIIDE_IDE_HASHED_PASSWORD has characters that no cookie can carry. Set it to HASHED_PASSWORD of the IDE server: 64 hexadecimal digits.");
        }

        return hash;
    }

    // Where its links lead: browsers and VS Code keep what they have read of extensions by the path, which in an image is another one for other extensions.
    private string? IdeExtensions(bool isAttached)
    {
        if (Text("WAIIDE_IDE_EXTENSIONS") is not { } text || isAttached)
        {
            return null;
        }

        var folder = Path.GetFullPath(text);
        if (!Directory.Exists(folder))
        {
            _mistakes.Add($"WAIIDE_IDE_EXTENSIONS is '{text}', and there is no such folder. Set it to one that deploy/install-extensions.mjs has made, or to nothing for code-server's own.");
            return null;
        }

        return new DirectoryInfo(folder).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? folder;
    }

    // The IDE reads it at its start; it would end with a stack trace, and nobody would see what is wrong.
    private void CheckGallery()
    {
        if (Text("EXTENSIONS_GALLERY") is not { } text)
        {
            return;
        }

        try
        {
            using var gallery = JsonDocument.Parse(text);
            if (gallery.RootElement.ValueKind == JsonValueKind.Object
                && (!gallery.RootElement.TryGetProperty("serviceUrl", out var url) || (url.ValueKind == JsonValueKind.String && Uri.TryCreate(url.GetString(), UriKind.Absolute, out var where) && (where.Scheme is "https" || (where.Scheme is "http" && where.IsLoopback)))))
            {
                return; // Without a serviceUrl there is no gallery, which somebody may want. By plain http anybody on the way could put a program into the IDE.
            }
        }
        catch (JsonException)
        {
        }

        _mistakes.Add("""EXTENSIONS_GALLERY is not what code-server takes. Set it to JSON such as {"serviceUrl":"https://gallery.example.org/vscode/gallery","itemUrl":"https://gallery.example.org/vscode/item"}, https but for localhost, or to {} for no gallery.""");
    }

    private string Workspace(bool isAttached)
    {
        var name = Text("WAIIDE_WORKSPACE") is not null ? "WAIIDE_WORKSPACE" : "JUPYTERHUB_ROOT_DIR";
        var text = Text(name);
        var path = text is null ? Home() : Path.GetFullPath(text is "~" || text.StartsWith("~/", StringComparison.Ordinal) ? Home() + text[1..] : text);

        // What is missing is made at the start of the IDE. An attached one may run elsewhere: its folders are not ours to see.
        if (!isAttached && File.Exists(path))
        {
            _mistakes.Add($"{name} is '{text}', which is a file. Set it to the folder to open.");
        }

        return path;
    }

    private string DataDirectory(string prefix)
    {
        if (Text("WAIIDE_DATA_DIR") is { } said)
        {
            return Path.GetFullPath(said);
        }

        // https://specifications.freedesktop.org/basedir: relative paths in it are to be ignored.
        var root = Text("XDG_DATA_HOME") is { } xdg && Path.IsPathRooted(xdg) ? xdg : Path.Combine(Home(), ".local", "share");
        return Path.Combine(root, "waiide", prefix == "/" ? "standalone" : Slug(prefix));
    }

    private string? AssetCache() => Text("WAIIDE_ASSET_CACHE") switch
    {
        "none" => null,
        { } said => Path.GetFullPath(said),
        null when Text("XDG_CACHE_HOME") is { } xdg && Path.IsPathRooted(xdg) => Path.Combine(xdg, "waiide", "assets"),
        // Whoever has no home has nowhere to keep them, and needs nothing else: a user without an entry in passwd, as in OpenShift, has "/".
        null => FoundHome() is "" or "/" ? null : Path.Combine(FoundHome(), ".cache", "waiide", "assets"),
    };

    private string FoundHome() => Text("HOME") ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    private string Home()
    {
        var home = FoundHome();
        if (home.Length == 0)
        {
            _mistakes.Add("There is no home directory. Set HOME, or WAIIDE_DATA_DIR and WAIIDE_WORKSPACE.");
        }

        return home;
    }

    // A readable part, and a hash because "/user/a/b-c/" and "/user/a-b/c/" read alike. Short: a Unix socket's path has 107 bytes at most.
    private static string Slug(string prefix)
    {
        var readable = NotReadable().Replace(Uri.UnescapeDataString(prefix), "-").Trim('-');
        return $"{readable[..Math.Min(readable.Length, 24)]}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(prefix)))[..8]}";
    }

    // cookie-octet of https://www.rfc-editor.org/rfc/rfc6265#section-4.1.1.
    [GeneratedRegex(@"^[\x21\x23-\x2B\x2D-\x3A\x3C-\x5B\x5D-\x7E]+$")]
    private static partial Regex Visible();

    [GeneratedRegex("[^A-Za-z0-9]+")]
    private static partial Regex NotReadable();
}
