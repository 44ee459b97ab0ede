using System.Diagnostics;
using System.Globalization;
using OpenTelemetry;

namespace Waiide.ServiceDefaults;

/// <summary>
/// Calls that pass on what somebody else asked. An answer of 4xx is about that request, and the call has done its work: VS Code asks for two files on every load that no server of its kind has. HttpClient
/// calls that an error; an instrumentation that knows more may leave it out (OpenTelemetry, Semantic Conventions for HTTP spans, Status).
/// </summary>
public sealed class ForwardedSpans : BaseProcessor<Activity>
{
    private const string Mark = "waiide.forwards";

    /// <summary>The calls that <paramref name="span"/> causes pass on what it was asked.</summary>
    public static void Below(Activity? span) => span?.SetCustomProperty(Mark, Mark);

    /// <inheritdoc/>
    public override void OnEnd(Activity data)
    {
        if (data.Kind == ActivityKind.Client && data.Status == ActivityStatusCode.Error && data.Parent?.GetCustomProperty(Mark) is not null
            && Convert.ToInt32(data.GetTagItem("http.response.status_code"), CultureInfo.InvariantCulture) is >= 400 and < 500)
        {
            data.SetStatus(ActivityStatusCode.Unset).SetTag("error.type", null);
        }
    }
}
