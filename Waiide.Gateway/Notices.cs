using System.Collections.Concurrent;

namespace Waiide.Gateway;

/// <summary>What the person in front of the IDE has to know now, such as that the server is about to stop; the page shows it (GET {prefix}api/notices).</summary>
internal sealed class Notices
{
    private readonly ConcurrentDictionary<string, Notice> _now = new();

    /// <summary>All of them, the oldest first.</summary>
    public IReadOnlyList<Notice> Now => [.. _now.Values.OrderBy(notice => notice.Since)];

    /// <summary>Shows a notice, or shows another text for one that is shown already.</summary>
    public void Show(Notice notice) => _now[notice.Id] = _now.TryGetValue(notice.Id, out var before) ? notice with { Since = before.Since } : notice;

    public void Withdraw(string id) => _now.TryRemove(id, out _);
}

/// <summary>One notice.</summary>
/// <param name="Id">What it is about, such as "idle"; there is one notice about a thing at a time.</param>
/// <param name="Text">Sentences for the person, plain text.</param>
/// <param name="IsUrgent">True where something ends soon.</param>
/// <param name="At">When that happens, for the page to count down to; null: nothing to count.</param>
/// <param name="Since">When it was first shown.</param>
internal sealed record Notice(string Id, string Text, bool IsUrgent, DateTimeOffset? At, DateTimeOffset Since);
