using Aspire.Dashboard.Application;
using Aspire.Dashboard.Front;
using SpanKind = Aspire.Dashboard.Otlp.Protocol.Span.Types.SpanKind;

namespace Aspire.Dashboard.Telemetry.Pages;

/// <summary>Who is called by a span where nobody tells of the other end: the resource at that address, whoever the span names, or only an address.</summary>
internal sealed class Peers(IApplication application, Colours colours)
{
    private readonly Dictionary<string, string> _names = application.Resources
        .SelectMany(resource => resource.Urls.Select(url => (resource.Name, Url: url.Url)))
        .Where(one => Uri.TryCreate(one.Url, UriKind.Absolute, out _))
        .GroupBy(one => new Uri(one.Url).Authority, StringComparer.OrdinalIgnoreCase)
        .ToDictionary(group => group.Key, group => group.First().Name, StringComparer.OrdinalIgnoreCase);

    public Peer? Of(Span span)
    {
        if (span.Kind is not (SpanKind.Client or SpanKind.Producer))
        {
            return null;
        }

        var address = span.Attributes.Find("server.address") is { } server ? (server.Contains(':', StringComparison.Ordinal) ? $"[{server}]" : server) + (span.Attributes.Find("server.port") is { } port ? ":" + port : "") : null;
        var name = span.Attributes.Find("peer.service") ?? address;
        name = name is null ? null : _names.GetValueOrDefault(name) ?? name;
        return name is null ? null : new Peer(name, colours.OfKnown(name));
    }

    /// <summary>The colour of a span's bar: time that somebody without telemetry took is theirs.</summary>
    public string ColourOf(Trace trace, Span span) => Of(span)?.Colour is { } colour && SpanDetails.AnswerTo(trace, span) is null ? colour : span.Resource.Colour;
}

/// <param name="Colour">null: no resource, and nobody who sends telemetry.</param>
internal sealed record Peer(string Name, string? Colour);
