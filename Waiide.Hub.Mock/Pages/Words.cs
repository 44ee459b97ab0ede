using System.Globalization;

namespace Waiide.Hub.Mock.Pages;

/// <summary>Moments and durations as people say them.</summary>
internal static class Words
{
    /// <summary>How long ago; the exact moment shows when pointed at.</summary>
    public static Html Ago(DateTimeOffset? moment, DateTimeOffset now) => moment is { } then
        ? Html.Of($"""<time datetime="{then.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)}" title="{Exact(then)}">{AgoText(now - then)}</time>""")
        : Html.Of($"never");

    /// <summary>In how long something happens.</summary>
    public static Html In(DateTimeOffset? moment, DateTimeOffset now) => moment is { } then
        ? Html.Of($"""<time datetime="{then.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)}" title="{Exact(then)}">in {For(then - now + TimeSpan.FromSeconds(30))}</time>""")
        : Html.Of($"never");

    public static string For(TimeSpan time) => time switch
    {
        { TotalSeconds: < 1 } => "a moment",
        { TotalMinutes: < 1 } => Count((int)time.TotalSeconds, "second"),
        { TotalHours: < 1 } => Count((int)time.TotalMinutes, "minute"),
        { TotalDays: < 1 } => Count((int)time.TotalHours, "hour"),
        _ => Count((int)time.TotalDays, "day"),
    };

    public static string Count(int number, string what) => $"{number.ToString(CultureInfo.InvariantCulture)} {what}{(number == 1 ? "" : "s")}";

    internal static string AgoText(TimeSpan ago) => ago < TimeSpan.FromMinutes(1) ? "just now" : ago < TimeSpan.FromDays(1) || ago >= TimeSpan.FromDays(2) ? For(ago) + " ago" : "yesterday";

    private static string Exact(DateTimeOffset moment) => moment.UtcDateTime.ToString("d MMM yyyy, HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
}
