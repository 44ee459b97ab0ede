using System.Collections.Concurrent;

namespace Waiide.Hub.Mock.State;

/// <summary>What one user or group (exactly one is given) may do with somebody else's server, because that somebody wanted it so.</summary>
/// <param name="Names">The scopes without their filter, which is the server, whatever its user is called by then.</param>
internal sealed record Share(long Id, Server Server, User? User, Group? Group, IReadOnlySet<string> Names, DateTimeOffset Created)
{
    public IEnumerable<string> Scopes => Names.Select(name => $"{name}!server={Server.FullName}");
}

/// <summary>Every server that is shared, and with whom (since JupyterHub 5). A share ends with the server, the user or the group that it is about.</summary>
internal sealed class Shares
{
    private readonly ConcurrentDictionary<(Server Server, User? User, Group? Group), Share> _shares = new();
    private readonly Lock _changing = new();
    private readonly HubState _state;
    private readonly Store _store;
    private readonly TimeProvider _clock;
    private long _last;

    public Shares(HubState state, Store store, TimeProvider clock)
    {
        (_state, _store, _clock, _last) = (state, store, clock, store.LastId("shares"));
        foreach (var share in store.LoadShares(state.Users.ToDictionary(user => user.Id), state.FindGroup))
        {
            _shares[KeyOf(share)] = share;
        }
    }

    public IEnumerable<Share> All => _shares.Values.Where(IsAlive).OrderBy(share => share.Id);

    /// <summary>What a user may do by shares with them, or with a group of theirs.</summary>
    public IEnumerable<string> ScopesOf(User user) =>
        _shares.IsEmpty ? [] : All.Where(share => IsWith(share, user)).SelectMany(share => share.Scopes);

    public static bool IsWith(Share share, User user) => share.User == user || share.Group?.Users.ContainsKey(user) is true;

    public Share? Find(Server server, User? user, Group? group) => _shares.GetValueOrDefault((server, user, group)) is { } share && IsAlive(share) ? share : null;

    /// <summary>Adds to what is shared already.</summary>
    /// <param name="names">Scopes without a filter.</param>
    public Share Grant(Server server, User? user, Group? group, IEnumerable<string> names)
    {
        lock (_changing)
        {
            if (Find(server, user, group) is { } known)
            {
                var more = known with { Names = known.Names.Union(names).ToHashSet(StringComparer.Ordinal) };
                _store.Save(more);
                return _shares[KeyOf(more)] = more;
            }

            var share = new Share(++_last, server, user, group, names.ToHashSet(StringComparer.Ordinal), _clock.GetUtcNow());
            _store.Add(share);
            return _shares[KeyOf(share)] = share;
        }
    }

    /// <summary>Takes these scopes out of a share, or with null all of them.</summary>
    /// <returns>What is left; null if that is nothing.</returns>
    public Share? Revoke(Share share, IReadOnlyCollection<string>? names)
    {
        lock (_changing)
        {
            // As it is now: somebody else may have changed it meanwhile.
            if (Find(share.Server, share.User, share.Group) is not { } known)
            {
                return null;
            }

            var left = known with { Names = names is null ? new HashSet<string>() : known.Names.Except(names).ToHashSet(StringComparer.Ordinal) };
            if (left.Names.Count > 0)
            {
                _store.Save(left);
                return _shares[KeyOf(left)] = left;
            }

            _store.Remove(known);
            _shares.TryRemove(KeyOf(known), out _);
            return null;
        }
    }

    private static (Server Server, User? User, Group? Group) KeyOf(Share share) => (share.Server, share.User, share.Group);

    // The database has forgotten it by itself, with what it was about.
    private bool IsAlive(Share share)
    {
        var isAlive = _state.Knows(share.Server.User) && share.Server.User.Servers.GetValueOrDefault(share.Server.Name) == share.Server
            && (share.User is null || _state.Knows(share.User)) && (share.Group is null || _state.FindGroup(share.Group.Name) == share.Group);
        if (!isAlive)
        {
            _shares.TryRemove(KeyValuePair.Create(KeyOf(share), share));
        }

        return isAlive;
    }
}
