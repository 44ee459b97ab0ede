using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Waiide.Hub.Mock.Pages;

/// <summary>The one style and the one script of all pages: the style is part of each page, the script has an address that changes with it.</summary>
internal static class Assets
{
    private static readonly byte[] Script = Read("hub.js");

    public static string Style { get; } = System.Text.Encoding.UTF8.GetString(Read("hub.css"));

    /// <summary>Below the hub's prefix.</summary>
    public static string ScriptPath { get; } = $"static/hub-{Convert.ToHexStringLower(SHA256.HashData(Script))[..16]}.js";

    public static void MapAssets(this IEndpointRouteBuilder routes, HubOptions options) =>
        routes.MapGet(options.HubPrefix + ScriptPath, GetScript).AllowAnonymous();

    private static FileContentHttpResult GetScript(HttpContext context)
    {
        context.Response.Headers.CacheControl = "public, max-age=31536000, immutable"; // Another script would have another address.
        return TypedResults.Bytes(Script, "text/javascript");
    }

    private static byte[] Read(string name)
    {
        using var stream = typeof(Assets).Assembly.GetManifestResourceStream(name)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
