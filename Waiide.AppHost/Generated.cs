namespace Waiide.AppHost;

/// <summary>Values for secrets that nobody has given.</summary>
internal static class Generated
{
    /// <summary>Random letters and digits, which pass through URLs, cookies and shells unchanged.</summary>
    public static GenerateParameterDefault Key(int length) => new() { MinLength = length, Special = false };

    /// <summary>A secret that lets people in. On this machine one is made and kept; what is published has none until somebody has given one.</summary>
    public static IResourceBuilder<ParameterResource> AddSignInSecret(this IDistributedApplicationBuilder builder, string name, int length) =>
        builder.ExecutionContext.IsPublishMode
            ? builder.AddParameter(name, secret: true)
            : builder.AddParameter(name, Key(length), secret: true, persist: true);
}
