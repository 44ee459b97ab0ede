namespace Waiide.Hub.Mock.Auth;

/// <summary>Says of an endpoint that its callers keep all their scopes, whatever was withdrawn.</summary>
internal sealed class KeepsScopes
{
    public static KeepsScopes Instance { get; } = new();
}
