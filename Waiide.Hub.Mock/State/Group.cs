using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace Waiide.Hub.Mock.State;

/// <summary>Some users under one name; scopes may be filtered by it (!group=).</summary>
internal sealed class Group(string name)
{
    public string Name { get; } = name;

    /// <summary>The members, as the keys.</summary>
    public ConcurrentDictionary<User, bool> Users { get; } = new();

    /// <summary>Whatever administrators note about it (since JupyterHub 3.1).</summary>
    public JsonObject Properties { get; internal set; } = [];
}
