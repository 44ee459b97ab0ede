using System.Diagnostics;
using OpenTelemetry;

namespace Waiide.ServiceDefaults;

/// <summary>Takes secrets out of a span before the exporter sees it.</summary>
internal sealed class RedactedSpans : BaseProcessor<Activity>
{
    public override void OnEnd(Activity data)
    {
        foreach (var tag in data.TagObjects.ToArray())
        {
            data.SetTag(tag.Key, tag.Key == "url.query" ? null : Redaction.Of(tag.Value));
        }

        // An unhandled exception's message stands here.
        if (data.StatusDescription is { } description)
        {
            data.SetStatus(data.Status, Redaction.Of(description));
        }
    }
}
