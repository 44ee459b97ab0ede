using System.Collections.Concurrent;

namespace Waiide.Hub.Mock.State;

/// <summary>A user of the hub and the servers that belong to them, by name ("" is the default server).</summary>
internal sealed class User(long id, string name, bool isAdmin, DateTimeOffset created) : Owner(name, isAdmin)
{
    /// <summary>Never given to another user, and greater than those of all who came before.</summary>
    public long Id { get; } = id;

    public override string Kind => "user";

    /// <summary>Null: nobody can sign in by a password of this user's own.</summary>
    public PasswordHash? Password { get; private set; }

    /// <summary>The one of Hub:Users that was applied last; null: none was.</summary>
    public PasswordHash? ConfiguredPassword { get; internal set; }

    /// <summary>Whoever signed in before has to do so again, with the new password; null: there never was one.</summary>
    public DateTimeOffset? PasswordChanged { get; private set; }

    public DateTimeOffset Created { get; } = created;

    public LastActivity LastActivity { get; } = new();

    public ConcurrentDictionary<string, Server> Servers { get; } = new(StringComparer.Ordinal);

    /// <summary>The default server, if the user has one.</summary>
    public Server? DefaultServer => Servers.GetValueOrDefault("");

    /// <summary>Only <see cref="HubState"/> changes users: it keeps what they are.</summary>
    internal void Become(string name, bool isAdmin) => (Name, IsAdmin) = (name, isAdmin);

    internal void SetPassword(PasswordHash? password, DateTimeOffset? changed) => (Password, PasswordChanged) = (password, changed);
}
