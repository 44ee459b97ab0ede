namespace Waiide.Gateway.Ide;

/// <summary>The session that code-server asks for when it has a password: a cookie whose value is its HASHED_PASSWORD.</summary>
internal static class IdeSession
{
    internal const string CookieName = "code-server-session";
}
