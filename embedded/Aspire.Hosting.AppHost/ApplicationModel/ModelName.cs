namespace Aspire.Hosting.ApplicationModel;

/// <summary>Which names resources and endpoints may have: those that also work as host names and in variables.</summary>
internal static class ModelName
{
    private const int LongestName = 64;

    public static void Validate(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name.Length > LongestName
            || !char.IsAsciiLetter(name[0])
            || name[^1] == '-'
            || name.Contains("--", StringComparison.Ordinal)
            || name.Any(c => !char.IsAsciiLetterOrDigit(c) && c != '-'))
        {
            throw new ArgumentException(
                $"'{name}' cannot be a name: use up to {LongestName} ASCII letters, digits and single hyphens, starting with a letter and not ending with a hyphen.",
                nameof(name));
        }
    }
}
