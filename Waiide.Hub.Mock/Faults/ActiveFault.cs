using System.Text.Json.Nodes;
using Waiide.Hub.Mock.Api;

namespace Waiide.Hub.Mock.Faults;

/// <summary>A fault since it began: how often it has struck, and its end.</summary>
internal sealed class ActiveFault(Fault fault)
{
    private readonly CancellationTokenSource _end = fault.Duration is { } duration ? new CancellationTokenSource(duration) : new CancellationTokenSource();
    private readonly DateTimeOffset _since = TimeProvider.System.GetUtcNow(); // Not the hub's clock, which may be what is wrong.
    private readonly Lock _striking = new();
    private int _occasions;
    private int _strikes;

    public Fault Fault => fault;

    public bool IsActive => !_end.IsCancellationRequested;

    /// <summary>Cancelled when the fault is over.</summary>
    public CancellationToken Ended => _end.Token;

    /// <summary>An occasion on which it may strike: whether it does. A share is kept evenly, not by chance: of 0.25 it is each fourth.</summary>
    public bool Strikes()
    {
        lock (_striking)
        {
            if (!IsActive || Math.Floor((++_occasions * fault.Share) + 1e-9) <= Math.Floor(((_occasions - 1) * fault.Share) + 1e-9))
            {
                return false;
            }

            _strikes++;
            if (_strikes >= fault.Count)
            {
                _end.Cancel();
            }

            return true;
        }
    }

    /// <summary>It has happened, so many times, and is over.</summary>
    public void Happened(int times)
    {
        lock (_striking)
        {
            _strikes += times;
        }

        End();
    }

    public void End() => _end.Cancel();

    public JsonObject ToJson()
    {
        var model = new JsonObject
        {
            ["name"] = fault.Name,
            ["kind"] = fault.Kind.Name,
            ["active"] = IsActive,
            ["since"] = Models.Time(_since),
            ["until"] = Models.Time(_since + fault.Duration),
            ["strikes"] = _strikes,
        };
        foreach (var (key, value) in fault.Values)
        {
            model[key] = value!.DeepClone();
        }

        return model;
    }
}
