using Microsoft.AspNetCore.Http;

namespace Waiide.ServiceDefaults;

/// <summary>Where traces come in from outside; for a program that browsers can reach (docs/decisions/0016-whose-trace.md). Without one, every traceparent is believed.</summary>
/// <param name="CookiePath">Below which path a browser keeps its journey: <see cref="Journey"/>.</param>
/// <param name="Believes">Whether who sends this request may say which trace it belongs to. Anybody else could join somebody's trace, or have everything recorded.</param>
/// <param name="IsHttps">Whether the browser has sent this request by https, whatever the proxy in front speaks to this program: the cookie is then Secure.</param>
public sealed record TraceBoundary(string CookiePath, Func<HttpContext, bool> Believes, Func<HttpRequest, bool> IsHttps);
