namespace Waiide.Hub.Mock.State;

/// <summary>What somebody may still do of what these scopes say: all of it, unless some were withdrawn.</summary>
internal delegate IReadOnlySet<string> ScopesLeft(Owner owner, IReadOnlySet<string> scopes);
