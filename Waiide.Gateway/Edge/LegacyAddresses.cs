using Microsoft.AspNetCore.Http.Features;

namespace Waiide.Gateway.Edge;

/// <summary>
/// Addresses from before named servers, /user/ada/waiide/ and /user/ada/waiide/WAIIDE/, and c.Spawner.default_url = '/WAIIDE/': as far as they reach this server they lead
/// to its own address, with a note that they will end.
/// </summary>
internal sealed partial class LegacyAddresses(GatewayOptions options, ILogger<LegacyAddresses> logger)
{
    internal const string Name = "waiide";

    // 26 January 2025, when the reference called them deprecated; https://www.rfc-editor.org/rfc/rfc9745.
    private const string DeprecatedSince = "@1737849600";

    private int _isLogged;

    /// <summary>The way from a legacy address of this server, within its prefix or beside it; null where it is none.</summary>
    internal IResult? Redirect(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if (!(HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method)) || Successor(target, options) is not { } successor)
        {
            return null;
        }

        if (Interlocked.Exchange(ref _isLogged, 1) == 0)
        {
            Log.Used(logger, options.Prefix);
        }

        context.Response.Headers["Deprecation"] = DeprecatedSince;
        context.Response.Headers.Link = $"<{options.Prefix}>; rel=\"successor-version\"";
        context.Response.Headers.CacheControl = "no-store"; // What is at the old address may be another server tomorrow.
        return TypedResults.Redirect(successor);
    }

    /// <summary>Where <paramref name="target"/> (raw, with its query) is now; null where it is no legacy address.</summary>
    internal static string? Successor(string target, GatewayOptions options) =>
        Within(target, options.Prefix, options.Prefix)
        ?? (Owner(options) is { } owner && Within(target, owner, options.Prefix) is { } beside && beside != target ? beside : null); // A server may be called "waiide".

    // /user/ada/ of /user/ada/ada-waiide-abc123/: the names of users and services may have dashes, so that of the user is known, not parsed.
    private static string? Owner(GatewayOptions options)
    {
        var owner = options.Prefix[..(options.Prefix.TrimEnd('/').LastIndexOf('/') + 1)];
        return Uri.UnescapeDataString(owner).EndsWith($"/{options.User}/", StringComparison.Ordinal) ? owner : null;
    }

    private static string? Within(string target, string place, string prefix)
    {
        var end = target.IndexOf('?') is >= 0 and var query ? query : target.Length;
        var (segments, wanted) = (target[..end].Split('/'), place.Split('/')[..^1]);
        if (segments.Length <= wanted.Length || !segments.Take(wanted.Length).Select(Uri.UnescapeDataString).SequenceEqual(wanted.Select(Uri.UnescapeDataString)))
        {
            return null;
        }

        var rest = segments.Skip(wanted.Length).ToArray();
        var names = rest.Take(2).TakeWhile(segment => Uri.UnescapeDataString(segment).Equals(Name, StringComparison.OrdinalIgnoreCase)).Count();
        return names == 0 ? null : prefix + (IsPlain(rest[names..], target[end..]) ? string.Join('/', rest[names..]) + target[end..] : "");
    }

    // Nothing that a browser or proxy would read as another place, such as "//evil" under the prefix "/"; nothing is repaired.
    private static bool IsPlain(string[] rest, string query) =>
        (rest.Length < 2 || rest[0].Length > 0)
        && rest.All(segment => Uri.UnescapeDataString(segment) is not ("." or "..") and var text && !text.Any(letter => letter is '\\' or '/' || char.IsControl(letter)))
        && rest.Append(query).All(text => text.All(letter => letter is > ' ' and <= '~' and not ('\\' or '#')));

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Somebody used the deprecated address /waiide/ or /WAIIDE/; it leads to {Prefix}, and will end in a later version. Look at c.Spawner.default_url, and at links on other pages.")]
        public static partial void Used(ILogger logger, string prefix);
    }
}
