using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.Auth;

/// <summary>JupyterHub's protection from forged requests: the cookie _xsrf is signed for one session and must come a second time, as a field or header. Hubs that have no such cookie go by the <see cref="RefererRule"/>.</summary>
internal sealed class Xsrf(HubOptions options, HubState state)
{
    public const string Cookie = "_xsrf";

    private const int NonceLength = 16;

    /// <summary>The token for a form on the page that is being written; sets the cookie unless the browser has a valid one. Empty where there is no such cookie.</summary>
    public string TokenFor(HttpContext context, Session? session)
    {
        if (!options.Profile.HasXsrfCookie)
        {
            return "";
        }

        var id = Id(context.Request, session);
        return RawCookies.Values(context.Request, Cookie).FirstOrDefault(token => IsFor(token, id)) ?? Issue(context, session);
    }

    /// <summary>A new token for who has just signed in.</summary>
    public void Renew(HttpContext context, Session session)
    {
        if (options.Profile.HasXsrfCookie)
        {
            Issue(context, session);
        }
    }

    /// <summary>Refuses a request that a browser's cookies let in, unless it shows the token or is one that any link may make.</summary>
    public async Task CheckAsync(HttpContext context, Session? session)
    {
        var request = context.Request;
        if (!options.Profile.HasXsrfCookie)
        {
            // Whoever is not signed in has nothing that could be misused; and the API has looked before it took the session.
            if (session is not null && !IsSafe(request) && !HubPaths.IsApi(options, context.RawPath()))
            {
                RefererRule.CheckPage(request, options);
            }

            return;
        }

        if (IsSafe(request) && IsLink(request))
        {
            return;
        }

        var form = request.HasFormContentType ? await request.ReadFormAsync(context.RequestAborted) : FormCollection.Empty;
        var token = new[] { form[Cookie], request.Query[Cookie], request.Headers["X-XSRFToken"], request.Headers["X-CSRFToken"] }
            .Select(values => values.ToString())
            .FirstOrDefault(value => value.Length > 0)
            ?? throw new HubError(StatusCodes.Status403Forbidden, $"'_xsrf' argument missing from {request.Method}");
        if (!RawCookies.Values(request, Cookie).Contains(token) || !IsFor(token, Id(request, session)))
        {
            throw new HubError(StatusCodes.Status403Forbidden, $"XSRF cookie does not match {request.Method} argument");
        }
    }

    private string Issue(HttpContext context, Session? session)
    {
        var nonce = RandomNumberGenerator.GetBytes(NonceLength);
        var token = Base64Url.EncodeToString([.. nonce, .. Sign(nonce, Id(context.Request, session))]);
        context.Response.Cookies.Append(Cookie, token, new CookieOptions
        {
            Path = options.HubPrefix,
            Secure = BrowserProtocol.IsHttps(context.Request, options),
            MaxAge = session is null ? TimeSpan.FromHours(1) : null,
        });
        return token;
    }

    private static bool IsSafe(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method);

    // Fetch metadata only ever denies: it is what a browser says of itself, and browsers on plain http say nothing.
    private bool IsLink(HttpRequest request) => request.Headers["Sec-Fetch-Mode"].ToString() switch
    {
        "" or "navigate" => true,

        // A script of a server's page, which is of the same origin, could read the answer.
        "no-cors" when request.Headers["Sec-Fetch-Dest"].ToString() is "" or "empty" => false,
        "no-cors" => options.Profile.TakesForeignSubresources || request.Headers["Sec-Fetch-Site"] == "same-origin",
        _ => false,
    };

    // Before the login there is only the browser to bind to. (Its address changes behind proxies.)
    private static string Id(HttpRequest request, Session? session) =>
        session is null ? $"anonymous {request.Headers.UserAgent}" : $"session {session.Id} {session.LoginHash}";

    private bool IsFor(string token, string id)
    {
        var bytes = new byte[NonceLength + HMACSHA256.HashSizeInBytes];
        return Base64Url.GetMaxDecodedLength(token.Length) <= bytes.Length
            && Base64Url.IsValid(token, out var length) && length == bytes.Length
            && Base64Url.DecodeFromChars(token, bytes) == bytes.Length
            && CryptographicOperations.FixedTimeEquals(bytes.AsSpan(NonceLength), Sign(bytes.AsSpan(0, NonceLength), id));
    }

    private byte[] Sign(ReadOnlySpan<byte> nonce, string id) => HMACSHA256.HashData(state.XsrfKey, (byte[])[.. nonce, .. Encoding.UTF8.GetBytes(id)]);
}
