using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Waiide.Gateway;
using Waiide.Gateway.Activity;
using Waiide.Tests.Support;

namespace Waiide.Tests.Gateway.Activity;

/// <summary>
/// What one browser sent to a real IDE, and what its terminals' processes used, written down message by message (see Recordings/README.md); played back to the code that decides.
/// </summary>
internal sealed class Recording
{
    private readonly List<(double Time, Sight Sight)> _sights = [];

    /// <summary>What the person did, and when.</summary>
    public List<(double Time, string Text)> Notes { get; } = [];

    public double HandsOff => Notes.Last(note => note.Text == "hands off").Time;

    public double End => Notes.Last(note => note.Text == "end").Time;

    public static Recording Of(string name)
    {
        var recording = new Recording();
        var clock = new RecordedTime();
        var sockets = new Dictionary<int, Player>();
        (double Time, WorkTotal Total)? before = null;
        foreach (var line in File.ReadLines(Path.Combine(Repository.Root, "Waiide.Tests", "Gateway", "Activity", "Recordings", name + ".jsonl")))
        {
            var entry = JsonNode.Parse(line)!;
            var time = (double)entry["t"]!;
            clock.Now = time;
            if ((string?)entry["note"] is { } note)
            {
                recording.Notes.Add((time, note));
            }
            else if ((double?)entry["cpu"] is { } cpu)
            {
                var total = new WorkTotal(TimeSpan.FromSeconds(cpu), (long)entry["written"]!, TimeSpan.Zero);
                if (before is { } earlier && WorkRate.IsWork(earlier.Total, total, TimeSpan.FromSeconds(time - earlier.Time)))
                {
                    recording._sights.Add((time, Sight.Work));
                }

                before = (time, total);
            }
            else if ((string?)entry["open"] is { } query)
            {
                sockets[(int)entry["c"]!] = new Player(query, clock, sight => recording._sights.Add((clock.Now, sight)));
            }
            else if (entry["type"] is not null)
            {
                sockets[(int)entry["c"]!].Play(entry);
            }
        }

        return recording;
    }

    /// <summary>When the server was last used under <paramref name="policy"/>; its start counts.</summary>
    public double LastUse(ActivityPolicy policy, double before = double.MaxValue) =>
        _sights.Where(sight => sight.Time < before && policy.Counts(sight.Sight)).Select(sight => sight.Time).DefaultIfEmpty(0).Max();

    /// <summary>One WebSocket: each message goes through the code as masked frames, as a browser sends them.</summary>
    private sealed class Player(string query, TimeProvider clock, Action<Sight> report)
    {
        private readonly SocketUse _use = SocketUse.OfVsCode("/stable?" + query, clock, report, Assert.Fail);

        public void Play(JsonNode entry)
        {
            var body = Encoding.Latin1.GetBytes((string?)entry["head"] ?? "");
            if ((string?)entry["tail"] is { } tail)
            {
                body = [.. body, .. new byte[300], .. Encoding.Latin1.GetBytes(tail)];
            }

            var message = new byte[13 + body.Length];
            message[0] = (byte)(int)entry["type"]!;
            BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(9), body.Length);
            body.CopyTo(message, 13);
            _use.Saw(Frames.Masked(message));
        }
    }

    private sealed class RecordedTime : TimeProvider
    {
        public double Now { get; set; }

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => (long)(Now * 1000);

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.Parse("2026-11-22T05:00:00Z", CultureInfo.InvariantCulture).AddSeconds(Now);
    }
}
