using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.Auth;

/// <summary>What a caller may still do of what these scopes say: all of it, unless some were withdrawn.</summary>
internal delegate IReadOnlySet<string> ScopesLeft(Owner owner, IReadOnlySet<string> scopes);

/// <summary>Says of an endpoint that its callers keep all their scopes, whatever was withdrawn.</summary>
internal sealed class KeepsScopes
{
    public static KeepsScopes Instance { get; } = new();
}
