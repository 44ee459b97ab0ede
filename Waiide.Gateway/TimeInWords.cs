using System.Globalization;

namespace Waiide.Gateway;

/// <summary>A time as a person says it.</summary>
internal static class TimeInWords
{
    /// <summary>In the largest unit that divides it, such as "30 minutes" or "90 seconds".</summary>
    internal static string Of(TimeSpan time)
    {
        var seconds = time.TotalSeconds;
        var (count, unit) = seconds >= 3600 && seconds % 3600 == 0 ? (seconds / 3600, "hour") : seconds >= 60 && seconds % 60 == 0 ? (seconds / 60, "minute") : (seconds, "second");
        return string.Create(CultureInfo.InvariantCulture, $"{count:0.##} {unit}{(count == 1 ? "" : "s")}");
    }
}
