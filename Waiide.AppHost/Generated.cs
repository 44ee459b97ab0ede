namespace Waiide.AppHost;

/// <summary>Values for secrets that nobody has given.</summary>
internal static class Generated
{
    /// <summary>Random letters and digits, which pass through URLs, cookies and shells unchanged.</summary>
    public static GenerateParameterDefault Key(int length) => new() { MinLength = length, Special = false };
}
