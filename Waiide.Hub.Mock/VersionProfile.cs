namespace Waiide.Hub.Mock;

/// <summary>What differs between the JupyterHub versions that this hub can answer as; one row per version, and nowhere else.</summary>
/// <param name="Version">The value of X-JupyterHub-Version.</param>
/// <param name="ReadinessPath">What the hub polls below a server's prefix until it answers.</param>
/// <param name="FrameAncestors">Who may put the hub's pages and answers into a frame.</param>
internal sealed record VersionProfile(string Version, string ReadinessPath, string FrameAncestors)
{
    /// <summary>Every version by the name that Hub:Profile takes.</summary>
    public static IReadOnlyDictionary<string, VersionProfile> All { get; } = new Dictionary<string, VersionProfile>
    {
        ["5.5"] = new("5.5.1", ReadinessPath: "api", FrameAncestors: "'none'"),
    };

    /// <summary>The version that a hub answers as when nothing else is asked for.</summary>
    public const string Default = "5.5";
}
