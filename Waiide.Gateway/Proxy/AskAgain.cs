using System.Globalization;

namespace Waiide.Gateway.Proxy;

/// <summary>An answer of the moment: nobody keeps it, and programs are told when to ask again.</summary>
internal sealed class AskAgain(IResult answer) : IResult
{
    internal const int Seconds = 2;

    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.Headers.CacheControl = "no-store";
        httpContext.Response.Headers.RetryAfter = Seconds.ToString(CultureInfo.InvariantCulture);
        return answer.ExecuteAsync(httpContext);
    }
}
