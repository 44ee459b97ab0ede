using OpenTelemetry;
using OpenTelemetry.Logs;

namespace Waiide.ServiceDefaults;

/// <summary>Takes secrets out of a log record before the exporter sees it.</summary>
internal sealed class RedactedLogs : BaseProcessor<LogRecord>
{
    public override void OnEnd(LogRecord data)
    {
        data.Body = data.Body is { } body ? Redaction.Of(body) : null;
        data.FormattedMessage = data.FormattedMessage is { } message ? Redaction.Of(message) : null;
        var attributes = (data.Attributes ?? []).Select(attribute => KeyValuePair.Create(attribute.Key, Redaction.Of(attribute.Value)));

        // The exporter would write the exception as it is; under the same names it writes ours.
        if (data.Exception is { } exception)
        {
            data.Exception = null;
            attributes = attributes.Concat(
            [
                new("exception.type", exception.GetType().FullName),
                new("exception.message", Redaction.Of(exception.Message)),
                new("exception.stacktrace", Redaction.Of(exception.ToString())),
            ]);
        }

        data.Attributes = [.. attributes];
    }
}
