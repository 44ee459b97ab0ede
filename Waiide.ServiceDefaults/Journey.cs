using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Waiide.ServiceDefaults;

/// <summary>
/// One click and what follows from it, as one trace: a page, its redirects, documents, assets and WebSockets are requests that only a cookie of a minute tells to belong
/// together. It is set by the first of them, taken away by a page that waits for a person, and there only where traces are collected.
/// </summary>
public sealed class Journey : IStartupFilter
{
    internal const string CookieName = "waiide-trace";
    internal static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(1);

    private readonly TraceBoundary _boundary;

    internal Journey(TraceBoundary boundary) => _boundary = boundary;

    /// <summary>The page that answers this request goes on by itself, without a click: the journey goes on with it.</summary>
    public static void GoesOn(HttpContext context) => context.Features.Set(OnTheWay.Instance);

    /// <summary>This request of a script is a click, too: a journey begins with it.</summary>
    public static void Begin(HttpContext context) => context.Features.Get<Beginning>()?.Begin();

    /// <summary>The journey has arrived, also that of a proxy before us.</summary>
    public static void End(HttpContext context)
    {
        if (IsOn(context.Request) && context.RequestServices.GetService(typeof(TraceBoundary)) is TraceBoundary boundary)
        {
            foreach (var path in new[] { boundary.CookiePath, "/" }.Distinct())
            {
                Write(context, boundary, "", path, TimeSpan.Zero);
            }
        }
    }

    /// <summary>This request and its time, for a page that tells later on how it went there; null where no trace is kept.</summary>
    public static string? Seal(HttpContext context) =>
        context.RequestServices.GetService(typeof(TraceBoundary)) is not null && context.Features.Get<IHttpActivityFeature>()?.Activity is { Recorded: true } span
            ? SealedTrace.Of(span.Context, span.StartTimeUtc)
            : null;

    /// <summary>The request that was sealed into <paramref name="text"/>, and when it came; false: none of ours, or of long ago.</summary>
    public static bool TryOpen(string text, TimeSpan lifetime, out ActivityContext request, out DateTimeOffset came)
    {
        request = default;
        return SealedTrace.TryRead(text, lifetime, out var place, out came) && ActivityContext.TryParse(place, null, isRemote: true, out request);
    }

    /// <summary>The sealed journey in a Cookie header; null: none that is ours and still lasts. A browser has one for our path and one of a proxy before us; a stranger's hundreds are not all looked at.</summary>
    internal static string? In(IEnumerable<string?> cookies)
    {
        var pairs = cookies.Where(line => line?.Contains(CookieName, StringComparison.Ordinal) == true).SelectMany(line => line!.Split(';', StringSplitOptions.TrimEntries));
        foreach (var pair in pairs.Where(pair => pair.StartsWith(CookieName + "=", StringComparison.Ordinal)).Take(4))
        {
            if (SealedTrace.TryRead(pair[(CookieName.Length + 1)..], Lifetime, out var place, out _))
            {
                return place;
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use((context, following) =>
        {
            Follow(context);
            return following(context);
        });
        next(app);
    };

    private void Follow(HttpContext context)
    {
        if (context.Features.Get<IHttpActivityFeature>()?.Activity is not { Recorded: true } span)
        {
            return;
        }

        var begins = !span.HasRemoteParent;
        if (begins)
        {
            context.Features.Set(new Beginning(() => context.Response.OnStarting(() => Set(context, span))));
        }

        if (IsNavigation(context.Request))
        {
            context.Response.OnStarting(() =>
            {
                var waits = context.Features.Get<OnTheWay>() is null && context.Response.StatusCode is < 300 or >= 400;
                return !waits ? begins ? Set(context, span) : Task.CompletedTask : IsOn(context.Request) ? Clear(context) : Task.CompletedTask;
            });
        }
    }

    private Task Set(HttpContext context, Activity span)
    {
        if (span.Recorded)
        {
            Write(context, _boundary, SealedTrace.Of(span.Context, DateTimeOffset.UtcNow), _boundary.CookiePath, Lifetime);
        }

        return Task.CompletedTask;
    }

    private Task Clear(HttpContext context)
    {
        Write(context, _boundary, "", _boundary.CookiePath, TimeSpan.Zero);
        return Task.CompletedTask;
    }

    private static void Write(HttpContext context, TraceBoundary boundary, string value, string path, TimeSpan lifetime) => context.Response.Headers.Append(
        "Set-Cookie",
        string.Create(CultureInfo.InvariantCulture, $"{CookieName}={value}; Max-Age={lifetime.TotalSeconds:0}; Path={path}; HttpOnly; SameSite=Lax{(boundary.IsHttps(context.Request) ? "; Secure" : "")}"));

    private static bool IsOn(HttpRequest request) => request.Headers.Cookie.Any(line => line?.Contains(CookieName + "=", StringComparison.Ordinal) == true);

    // Browsers say it outright, but only to https and localhost: https://www.w3.org/TR/fetch-metadata/.
    private static bool IsNavigation(HttpRequest request) => request.Headers.TryGetValue("Sec-Fetch-Mode", out var mode)
        ? mode == "navigate" && request.Headers["Sec-Fetch-Dest"].ToString() is "document" or ""
        : request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);

    private sealed class OnTheWay
    {
        public static readonly OnTheWay Instance = new();
    }

    private sealed record Beginning(Action Begin);
}
