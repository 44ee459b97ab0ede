using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Waiide.ServiceDefaults;

namespace Waiide.Gateway;

/// <summary>The script of ours in VS Code's page (workbench.js), and the tag that puts it there.</summary>
internal static partial class WorkbenchScript
{
    /// <summary>Where it is served, below the prefix.</summary>
    internal const string Path = "api/workbench.js";

    internal static ReadOnlyMemory<byte> Text { get; } = Load("workbench.js");

    /// <summary>Of this very text: a browser may keep what has this version for ever.</summary>
    internal static string Version { get; } = Convert.ToHexStringLower(SHA256.HashData(Text.Span))[..12];

    /// <summary>
    /// The tag for <paramref name="user"/>. "async", because a script that comes late or never must not hold up VS Code's own. Where the server can be started again is
    /// said only to those who may. <paramref name="journey"/> is for the page to tell how long it took (<see cref="Journey.Seal"/>).
    /// </summary>
    internal static string TagFor(System.Security.Claims.ClaimsPrincipal user, GatewayOptions options, string? journey = null)
    {
        var tag = $"<script async src=\"{HtmlPage.Encode(options.Prefix)}{Path}?v={Version}\"";
        if (options.IdleTimeout is { TotalSeconds: var seconds })
        {
            tag += string.Create(CultureInfo.InvariantCulture, $" data-idle-timeout=\"{seconds:0}\"");
        }

        if (journey is not null)
        {
            tag += $" data-journey=\"{HtmlPage.Encode(journey)}\"";
        }

        if (options.Hub is { } hub)
        {
            tag += $" data-hub=\"{HtmlPage.Encode(hub.PageOf("home"))}\"";
            if (Access.MayAdministerServer(user))
            {
                var server = options.ServerName.Length == 0 ? "" : "/" + Uri.EscapeDataString(options.ServerName);
                tag += $" data-start=\"{HtmlPage.Encode(hub.PageOf($"spawn/{Uri.EscapeDataString(options.User)}{server}"))}\"";
            }
        }

        return tag + "></script>";
    }

    /// <summary>The script that notices what is missing of the page (workbench-guard.js), in the page itself: one that has to be loaded would be missing as well.</summary>
    /// <param name="nonce">Of VS Code's own scripts, which its content security policy allows.</param>
    internal static string GuardFor(string nonce) => $"<script nonce=\"{nonce}\">{Guard}</script>";

    // Without its comments: it goes out with each page.
    private static string Guard { get; } = Comment().Replace(Encoding.UTF8.GetString(Load("workbench-guard.js")), "");

    [GeneratedRegex(@"(^| )//.*$\n?| /\*.*?\*/|^ +", RegexOptions.Multiline)]
    private static partial Regex Comment();

    private static byte[] Load(string name)
    {
        using var resource = typeof(WorkbenchScript).Assembly.GetManifestResourceStream(name)!;
        var text = new byte[resource.Length];
        resource.ReadExactly(text);
        return text;
    }
}
