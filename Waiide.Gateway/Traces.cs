using System.Diagnostics;
using Waiide.ServiceDefaults;
using Span = System.Diagnostics.Activity;

namespace Waiide.Gateway;

/// <summary>The gateway's own spans, between those of its server and of its HTTP clients; docs/telemetry.md lists them. Where no traces are collected there are none.</summary>
internal static class Traces
{
    internal static readonly ActivitySource Source = new("Waiide.Gateway");

    private static readonly HttpRequestOptionsKey<ActivityContext> Cause = new("Waiide.Cause");

    internal static void AddTraces(this WebApplicationBuilder builder)
    {
        var options = builder.Options();
        // A proxy that may say where somebody comes from hands their traceparent on all the same, as most do.
        builder.AddTraceBoundary(new TraceBoundary(options.Prefix, _ => options.TrustTraceparent, request => PublicScheme.IsHttps(request.HttpContext)));
    }

    internal static Span? Begin(string name) => Source.StartActivity(name);

    internal static async Task<T> Around<T>(string name, Func<Task<T>> work)
    {
        using var span = Source.StartActivity(name);
        try
        {
            return await work();
        }
        catch (Exception failure)
        {
            span.Failed(failure.Message);
            throw;
        }
    }

    /// <summary>Whether this request is the one that asked the hub (<paramref name="cause"/> is its own place), waits for another's question, or found the answer remembered.</summary>
    internal static void AskedTheHub(ActivityContext cause, bool isAnswered)
    {
        if (Span.Current is { Recorded: true } span)
        {
            var isOwn = cause.SpanId == span.SpanId;
            span.SetTag("waiide.auth.hub", isAnswered ? "remembered" : isOwn ? "asked" : "awaited");
            if (!isOwn && !isAnswered && cause != default)
            {
                span.AddLink(new ActivityLink(cause));
            }
        }
    }

    // ---- forwarding -----------------------------------------------------------------------------------

    internal static Span? Forward(string peer) => Source.StartActivity("forward")?.SetTag("peer.service", peer);

    internal static void Forwarded(this Span? span, HttpResponse response, string error)
    {
        span?.SetTag("http.response.body.size", response.ContentLength);
        if (error != "None")
        {
            span?.SetTag("error.type", error).SetStatus(ActivityStatusCode.Error);
        }
    }

    /// <summary>Which span a connection would be opened for; the pool of connections works apart from all of them.</summary>
    internal static void MarkCause(HttpRequestMessage request)
    {
        if (Span.Current is { Recorded: true } span)
        {
            request.Options.Set(Cause, span.Context);
        }
    }

    internal static Span? Connect(HttpRequestMessage request) =>
        request.Options.TryGetValue(Cause, out var cause) ? Source.StartActivity("connect", ActivityKind.Internal, cause) : null;

    /// <summary>This request is answered with a page that waits for what <paramref name="cause"/> is about.</summary>
    internal static void WaitsFor(ActivityContext cause)
    {
        if (cause != default)
        {
            Span.Current?.AddLink(new ActivityLink(cause));
        }
    }

    // ---- starting ---------------------------------------------------------------------------------------

    /// <summary>From the start of this process until it listens, as a part of what the variable TRACEPARENT names: the hub's spawn.</summary>
    internal static ActivityContext GatewayStart()
    {
        _ = ActivityContext.TryParse(Environment.GetEnvironmentVariable("TRACEPARENT"), null, isRemote: true, out var spawn);
        using var process = Process.GetCurrentProcess();
        Span.Current = null;
        using var span = Source.StartActivity("gateway start", ActivityKind.Internal, spawn, startTime: process.StartTime.ToUniversalTime());
        return span?.Context ?? default;
    }

    /// <summary>A start of the IDE server, or the wait for one that somebody else starts: a part of <paramref name="parent"/>, or because of something earlier.</summary>
    internal static Span? IdeStart(string name, ActivityContext parent, ActivityContext cause, string why)
    {
        Span.Current = null;
        return Source.StartActivity(name, ActivityKind.Internal, parent, links: cause == default ? [] : [new ActivityLink(cause)])?.SetTag("waiide.cause", why);
    }

    internal static void Event(this Span? span, string name, string? key = null, object? value = null)
    {
        if (span is { IsStopped: false })
        {
            span.AddEvent(new ActivityEvent(name, tags: key is null ? null : new ActivityTagsCollection { [key] = value }));
        }
    }

    /// <summary>Unless it is over: it may wait to be sent, and what comes after it is none of its faults.</summary>
    internal static void Failed(this Span? span, string why)
    {
        if (span is { IsStopped: false })
        {
            span.SetStatus(ActivityStatusCode.Error, why);
        }
    }

    // ---- the browser ------------------------------------------------------------------------------------

    /// <summary>The place of a request that goes on in the browser.</summary>
    internal static ActivityContext Here => Span.Current is { Recorded: true } span ? span.Context : default;

    internal static Span? Of(string name, ActivityContext parent, DateTimeOffset from) => Source.StartActivity(name, ActivityKind.Internal, parent, startTime: from);
}
