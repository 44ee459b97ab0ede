using System.Buffers.Text;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Waiide.ServiceDefaults;

/// <summary>A place in a trace that a browser keeps for this process: readable, but nobody else can make one.</summary>
internal static class SealedTrace
{
    // Of this process only: a journey is over sooner than anybody restarts it in its midst.
    private static readonly byte[] Key = RandomNumberGenerator.GetBytes(32);

    /// <summary>00-4bf9…-00f0…-01.1767225600000.Ml9x…: the place, the time in milliseconds, and the proof.</summary>
    public static string Of(ActivityContext place, DateTimeOffset at)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"00-{place.TraceId}-{place.SpanId}-{(place.TraceFlags.HasFlag(ActivityTraceFlags.Recorded) ? "01" : "00")}.{at.ToUnixTimeMilliseconds()}");
        return $"{text}.{Proof(text)}";
    }

    /// <summary>The place, if <paramref name="text"/> is one of ours and no older than <paramref name="lifetime"/>.</summary>
    public static bool TryRead(string text, TimeSpan lifetime, out string traceparent, out DateTimeOffset at)
    {
        (traceparent, at) = ("", default);
        if (text.Length > 200 || text.Split('.') is not [var place, var time, var proof] || !long.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds))
        {
            return false;
        }

        // The age first, which costs nothing: a client that never forgets a cookie may send it with each of its requests.
        var age = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - milliseconds;
        if (age >= lifetime.TotalMilliseconds || !CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(proof), Encoding.ASCII.GetBytes(Proof($"{place}.{time}"))))
        {
            return false;
        }

        (traceparent, at) = (place, DateTimeOffset.FromUnixTimeMilliseconds(milliseconds));
        return true;
    }

    private static string Proof(string text) => Base64Url.EncodeToString(HMACSHA256.HashData(Key, Encoding.UTF8.GetBytes(text)).AsSpan(0, 16));
}
