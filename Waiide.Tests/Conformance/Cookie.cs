using System.Globalization;

namespace Waiide.Tests.Conformance;

/// <summary>One Set-Cookie header.</summary>
internal sealed record Cookie(string Name, string RawValue, IReadOnlyList<(string Name, string Value)> Attributes)
{
    // jupyterhub-hub-login="2|1:0|10:1795307613|…"; expires=Tue, 22 Dec 2026 00:33:33 GMT; HttpOnly; Path=/hub/
    public static Cookie Parse(string header)
    {
        var parts = header.Split(';', StringSplitOptions.TrimEntries);
        var pair = parts[0].Split('=', 2);
        return new Cookie(pair[0], pair.ElementAtOrDefault(1) ?? "", [.. parts.Skip(1).Select(part => part.Split('=', 2)).Select(part => (part[0].ToLowerInvariant(), part.ElementAtOrDefault(1) ?? ""))]);
    }

    public string Value => RawValue.Trim('"');

    public DateTimeOffset? Expires =>
        Attributes.FirstOrDefault(attribute => attribute.Name == "expires").Value is { } text && DateTimeOffset.TryParseExact(text, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment) ? moment : null;

    /// <summary>Whether it is set or cleared, and its attributes in any order.</summary>
    public string Shape =>
        string.Join("; ", Attributes.Select(attribute => attribute.Name == "expires" ? Expires is null ? "expires (no date)" : "expires" : attribute.Value.Length == 0 ? attribute.Name : $"{attribute.Name}={attribute.Value}")
            .Order(StringComparer.Ordinal).Prepend(Value.Length == 0 ? "cleared" : "set"));
}
