using System.Collections.Concurrent;

namespace Waiide.Hub.Mock.State;

/// <summary>What one user or group (exactly one is given) may do with somebody else's server, because that somebody wanted it so.</summary>
internal sealed record Share(int Id, Server Server, User? User, Group? Group, IReadOnlySet<string> Scopes, DateTimeOffset Created);

/// <summary>Every server that is shared, and with whom (since JupyterHub 5). A share ends with the server, the user or the group that it is about.</summary>
internal sealed class Shares(HubState state, TimeProvider clock)
{
    private readonly ConcurrentDictionary<(Server Server, User? User, Group? Group), Share> _shares = new();
    private int _last;

    public IEnumerable<Share> All => _shares.Values.Where(IsAlive).OrderBy(share => share.Id);

    /// <summary>What a user may do by shares with them, or with a group of theirs.</summary>
    public IEnumerable<string> ScopesOf(User user) =>
        _shares.IsEmpty ? [] : All.Where(share => IsWith(share, user)).SelectMany(share => share.Scopes);

    public static bool IsWith(Share share, User user) => share.User == user || share.Group?.Users.ContainsKey(user) is true;

    public Share? Find(Server server, User? user, Group? group) => _shares.GetValueOrDefault((server, user, group)) is { } share && IsAlive(share) ? share : null;

    /// <summary>Adds to what is shared already.</summary>
    public Share Grant(Server server, User? user, Group? group, IEnumerable<string> scopes) => _shares.AddOrUpdate(
        (server, user, group),
        _ => new Share(Interlocked.Increment(ref _last), server, user, group, scopes.ToHashSet(StringComparer.Ordinal), clock.GetUtcNow()),
        (_, share) => IsAlive(share) ? share with { Scopes = share.Scopes.Union(scopes).ToHashSet(StringComparer.Ordinal) } : share with { Scopes = scopes.ToHashSet(StringComparer.Ordinal) });

    /// <summary>Takes these scopes out of a share, or with null all of them.</summary>
    /// <returns>What is left; null if that is nothing.</returns>
    public Share? Revoke(Share share, IReadOnlyCollection<string>? scopes)
    {
        var left = share with { Scopes = scopes is null ? new HashSet<string>() : share.Scopes.Except(scopes).ToHashSet(StringComparer.Ordinal) };
        var key = (share.Server, share.User, share.Group);
        if (left.Scopes.Count > 0)
        {
            return _shares[key] = left;
        }

        _shares.TryRemove(key, out _);
        return null;
    }

    private bool IsAlive(Share share)
    {
        var isAlive = state.FindUser(share.Server.User.Name) == share.Server.User && share.Server.User.Servers.GetValueOrDefault(share.Server.Name) == share.Server
            && (share.User is null || state.FindUser(share.User.Name) == share.User) && (share.Group is null || state.FindGroup(share.Group.Name) == share.Group);
        if (!isAlive)
        {
            _shares.TryRemove((share.Server, share.User, share.Group), out _);
        }

        return isAlive;
    }
}
