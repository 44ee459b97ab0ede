namespace Waiide.Gateway.Ide;

/// <summary>
/// Processes of the machine that were seen not to belong to a run, so that they are not looked at again every few seconds: on a host of many servers nearly all belong to others,
/// and what each server would pay for looking grows with their number.
/// </summary>
internal sealed class Bystanders(TimeProvider clock)
{
    // The id of one that has ended may be given to a process of ours, and one that is just being started does not carry its mark yet. For so long it is overlooked at most.
    private static readonly TimeSpan Believed = TimeSpan.FromMinutes(1);

    private readonly HashSet<int> _ids = [];
    private long _since = clock.GetTimestamp();

    public bool Contains(int id)
    {
        if (clock.GetElapsedTime(_since) >= Believed)
        {
            _ids.Clear();
            _since = clock.GetTimestamp();
        }

        return _ids.Contains(id);
    }

    public void Add(int id) => _ids.Add(id);
}
