namespace Waiide.Hub.Mock.State;

/// <summary>A user of the hub and the servers that belong to them, by name ("" is the default server).</summary>
internal sealed class User(string name, bool isAdmin, PasswordHash password, DateTimeOffset created)
{
    public string Name { get; } = name;

    public bool IsAdmin { get; } = isAdmin;

    public PasswordHash Password { get; } = password;

    public DateTimeOffset Created { get; } = created;

    public LastActivity LastActivity { get; } = new();

    public Dictionary<string, Server> Servers { get; } = new(StringComparer.Ordinal);

    /// <summary>The default server, if the user has one.</summary>
    public Server? DefaultServer => Servers.GetValueOrDefault("");
}
