using System.Globalization;
using System.Text.RegularExpressions;

namespace Waiide.Tests.Conformance;

/// <summary>
/// What the recording called a thing, and what this run calls it: learned from answers, used in the requests and answers that follow.
/// One recorded value has one live value and the other way round, so that a mixed-up token is noticed.
/// </summary>
internal sealed partial class Vocabulary
{
    // Kept apart from process ids, which are numbers as well.
    private const string Ports = "port ";

    private readonly Dictionary<string, string> _live = [];
    private readonly Dictionary<string, string> _recorded = [];
    private readonly List<(string Recorded, string Live)> _timeouts = [];

    public Vocabulary()
    {
    }

    private Vocabulary(Vocabulary other) => (_live, _recorded, _timeouts) = (new(other._live), new(other._recorded), other._timeouts);

    public Vocabulary Copy() => new(this);

    public void Take(Vocabulary other)
    {
        foreach (var (recorded, live) in other._live)
        {
            (_live[recorded], _recorded[live]) = (live, recorded);
        }
    }

    /// <summary>Makes <paramref name="live"/> this run's word for <paramref name="recorded"/>; false when either stands for another already.</summary>
    public bool Learn(string recorded, string live)
    {
        if (_live.TryGetValue(recorded, out var known))
        {
            return known == live;
        }

        if (!_recorded.TryAdd(live, recorded))
        {
            return false;
        }

        _live[recorded] = live;
        return true;
    }

    /// <summary>The same for what need not be one of a kind: cookies of two logins within a second are the same.</summary>
    public void Use(string recorded, string live) => _live[recorded] = live;

    public bool Knows(string recorded) => _live.ContainsKey(recorded);

    public string? Live(string recorded) => _live.GetValueOrDefault(recorded);

    /// <summary>The recorded request as this run has to send it; moments of the recording become as far from now as they were from then.</summary>
    public Request Translate(Request request, TimeSpan sinceTheRecording) => request with
    {
        Target = TokenInPath().Replace(Words(request.Target), match => Live(match.Value) ?? match.Value),
        Headers = [.. request.Headers.Select(header => header with { Value = Words(header.Value) })],
        Body = Moment().Replace(Words(request.Body), match =>
        {
            var moment = DateTime.Parse(match.Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal) + sinceTheRecording;
            Learn(match.Value, moment.ToString(match.Value.Contains('.', StringComparison.Ordinal) ? "yyyy-MM-ddTHH:mm:ss.ffffff" : "yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture));
            return Live(match.Value)!;
        }),
    };

    /// <summary>The recorded text in this run's words; what is not known yet stays.</summary>
    public string Words(string text)
    {
        foreach (var (recorded, live) in _live.Where(pair => pair.Key.Length >= 16 && !Moment().IsMatch(pair.Key)).OrderByDescending(pair => pair.Key.Length))
        {
            text = text.Replace(recorded, live, StringComparison.Ordinal);
        }

        foreach (var (recorded, live) in _timeouts)
        {
            text = text.Replace(recorded, live, StringComparison.Ordinal);
        }

        return Port().Replace(text, match => match.Groups["before"].Value + (Live(Ports + match.Groups["port"].Value)?[Ports.Length..] ?? match.Groups["port"].Value));
    }

    /// <summary>Whether <paramref name="given"/> is what was recorded, in this run's words; codes and ports that are met for the first time are learned.</summary>
    public bool Says(string recorded, string given)
    {
        var unknown = NewWord().Matches(recorded).DistinctBy(Key).Where(match => !Knows(Key(match))).ToArray();
        if (unknown.Length == 0)
        {
            return Words(recorded) == given;
        }

        var pattern = "^" + Regex.Escape(Words(recorded)) + "$";
        foreach (var (i, match) in unknown.Index())
        {
            var shape = match.Groups["port"].Success ? "[0-9]{5}" : "[A-Za-z0-9]{30}";
            pattern = pattern.Replace(Regex.Escape(match.Value), $"{Regex.Escape(match.Groups["before"].Value)}(?<w{i}>{shape})", StringComparison.Ordinal);
        }

        var found = Regex.Match(given, pattern);
        return found.Success && unknown.Index().All(word => Learn(Key(word.Item), (word.Item.Groups["port"].Success ? Ports : "") + found.Groups[$"w{word.Index}"].Value));
    }

    public void LearnPort(int recorded, int live) => Learn($"{Ports}{recorded}", $"{Ports}{live}");

    /// <summary>A timeout of the recording and the one that is waited for here, so that a replay does not take as long.</summary>
    public void LearnTimeout(int recorded, int live) => _timeouts.Add(($"respond in {recorded} seconds", $"respond in {live} seconds"));

    private static string Key(Match match) => match.Groups["port"].Success ? Ports + match.Groups["port"].Value : match.Groups["code"].Value;

    // 2026-11-22T00:29:14.123456, whatever time zone follows; only the day of the recordings moves.
    [GeneratedRegex(@"2026-11-22T\d\d:\d\d:\d\d(\.\d{6})?")]
    private static partial Regex Moment();

    [GeneratedRegex("(?<=/tokens/)a[0-9]+$")]
    private static partial Regex TokenInPath();

    // Also the lab's own four, wherever they stand: X-Forwarded-Port: 443,18000.
    [GeneratedRegex("(?<before>127\\.0\\.0\\.1(:|%3A))(?<port>[0-9]{5})|\\b(?<port>18(000|081|500|581))\\b")]
    private static partial Regex Port();

    [GeneratedRegex("(?<before>127\\.0\\.0\\.1(:|%3A))(?<port>[0-9]{5})|(?<before>code=)(?<code>[A-Za-z0-9]{30})")]
    private static partial Regex NewWord();
}
