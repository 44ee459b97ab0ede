using System.Collections.Concurrent;
using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.Faults;

/// <summary>The faults that are, and were until they are forgotten; and what follows from them for whoever asks. Empty unless Hub:Faults:Enabled.</summary>
internal sealed class FaultList
{
    private readonly ConcurrentDictionary<string, ActiveFault> _all = new(StringComparer.OrdinalIgnoreCase);

    public IEnumerable<ActiveFault> All => _all.Values.OrderBy(active => active.Fault.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>How far the hub's clock is ahead.</summary>
    public TimeSpan ClockSkew => _all.IsEmpty ? TimeSpan.Zero : TimeSpan.FromSeconds(Active(FaultKind.ClockSkew).Sum(active => active.Fault.Number("seconds")!.Value));

    /// <summary>The version that the hub says it is, when that is not its own.</summary>
    public string? Version => Active(FaultKind.Version).FirstOrDefault()?.Fault.Text("version");

    public IEnumerable<ActiveFault> Active(FaultKind kind) => _all.Values.Where(active => active.IsActive && active.Fault.Kind == kind);

    public ActiveFault? Find(string name) => _all.GetValueOrDefault(name);

    /// <summary>Adds a fault; an earlier one of that name ends.</summary>
    public ActiveFault Begin(Fault fault)
    {
        Forget(fault.Name);
        return _all[fault.Name] = new ActiveFault(fault);
    }

    /// <summary>Ends a fault and forgets it; false if there was none.</summary>
    public bool Forget(string name)
    {
        var found = _all.TryRemove(name, out var active);
        active?.End();
        return found;
    }

    /// <summary>What is left of an owner's scopes when those that were withdrawn, what these cover and what they bring along are taken away; but not that the owner is told who they are.</summary>
    public IReadOnlySet<string> Left(Owner owner, IReadOnlySet<string> scopes)
    {
        var withdrawn = _all.IsEmpty ? [] : Active(FaultKind.ScopeWithdrawn).Select(active => active.Fault).Where(fault => fault.Text("user") is not { } user || user == owner.Name)
            .Select(fault => fault.Text("scope")!).ToHashSet(StringComparer.Ordinal);
        if (withdrawn.Count == 0)
        {
            return scopes;
        }

        var brought = Scopes.Expand(withdrawn, owner);
        var identity = Scopes.Identify(owner);
        var left = scopes.Where(scope => !Scopes.Cover(brought, scope)).ToHashSet(StringComparer.Ordinal);
        left.UnionWith(identity.Where(scope => Scopes.Cover(scopes, scope) && !Scopes.Cover(withdrawn, scope)));
        return left;
    }
}
