using System.Collections.Concurrent;

namespace Waiide.Hub.Mock.State;

/// <summary>A user of the hub and the servers that belong to them, by name ("" is the default server).</summary>
internal sealed class User(string name, bool isAdmin, PasswordHash? password, DateTimeOffset created) : Owner(name, isAdmin)
{
    public override string Kind => "user";

    /// <summary>Null: nobody can sign in by a password of this user's own.</summary>
    public PasswordHash? Password { get; internal set; } = password;

    public DateTimeOffset Created { get; } = created;

    public LastActivity LastActivity { get; } = new();

    public ConcurrentDictionary<string, Server> Servers { get; } = new(StringComparer.Ordinal);

    /// <summary>The default server, if the user has one.</summary>
    public Server? DefaultServer => Servers.GetValueOrDefault("");

    /// <summary>Only <see cref="HubState"/> changes users: it keeps what they are.</summary>
    internal void Become(string name, bool isAdmin) => (Name, IsAdmin) = (name, isAdmin);
}
