using System.Buffers;
using System.Text;
using Waiide.Gateway.Ide;

namespace Waiide.Gateway.Proxy;

/// <summary>A request to the IDE server: with its session, and with the names of who asks and of this server, which no dev server is told.</summary>
internal sealed class IdeRequest(GatewayOptions options, PrivateHeaders privateHeaders, IdeAddress.Place place, string target) : UpstreamRequest(options, privateHeaders, place.Address, target)
{
    private static readonly SearchValues<char> Plain = SearchValues.Create([.. Enumerable.Range('!', '~' - '!' + 1).Select(code => (char)code).Where(letter => letter != '%')]);

    protected override string? IdeSessionValue => Options.IdeHashedPassword;

    // Nothing of the IDE server's own is behind a token.
    protected override bool MayHaveToken(HttpContext context) => false;

    // The name of a user's default server is empty, here as in JUPYTERHUB_SERVER_NAME; so both headers are always there, and always ours.
    protected override void Complete(HttpContext context, HttpRequestMessage request)
    {
        // VS Code answers 405 to a HEAD of its page. Ours has GET's head, and the server leaves the body out.
        if (HttpMethods.IsHead(context.Request.Method) && RawTarget.PathOf(Target) is "/")
        {
            request.Method = HttpMethod.Get;
        }

        request.Headers.TryAddWithoutValidation("X-JupyterHub-User", Visible(context.User.Identity?.Name ?? ""));
        request.Headers.TryAddWithoutValidation("X-JupyterHub-Server", Visible(Options.ServerName));
    }

    /// <summary>A name in a header: visible ASCII as it is, everything else and "%" percent-encoded as UTF-8, so that decoding gives back every name.</summary>
    internal static string Visible(string name) => name.AsSpan().ContainsAnyExcept(Plain) ? Encoded(name) : name;

    private static string Encoded(string name) =>
        string.Concat(Encoding.UTF8.GetBytes(name).Select(code => code is > (byte)' ' and < 0x7F and not (byte)'%' ? ((char)code).ToString() : $"%{code:X2}"));
}
