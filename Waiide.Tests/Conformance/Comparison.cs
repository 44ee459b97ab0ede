using System.Globalization;

namespace Waiide.Tests.Conformance;

/// <summary>One thing in which an answer is not as recorded.</summary>
internal sealed record Difference(string Field, string Recorded, string Given);

/// <summary>Compares a given answer with the recorded one: status, headers and body, but for what <see cref="Normalised"/> names.</summary>
internal sealed partial class Comparison
{
    // The real hub clears a cookie with an expiry of a year ago.
    private static readonly TimeSpan Year = TimeSpan.FromDays(365);

    private readonly List<Difference> _differences = [];
    private readonly Vocabulary _words;
    private readonly TimeSpan _sinceTheRecording;

    private Comparison(Vocabulary words, TimeSpan sinceTheRecording) => (_words, _sinceTheRecording) = (words, sinceTheRecording);

    /// <summary>What differs; <paramref name="words"/> learns the new tokens, codes, cookies and ports on the way.</summary>
    public static IReadOnlyList<Difference> Between(string name, Answer recorded, Answer given, Vocabulary words)
    {
        var comparison = new Comparison(words, Date(given) - Date(recorded) ?? TimeSpan.Zero);
        comparison.Is("status", recorded.Status.ToString(CultureInfo.InvariantCulture), given.Status.ToString(CultureInfo.InvariantCulture));
        comparison.Headers(recorded, given);
        comparison.Body(name, recorded, given);
        return comparison._differences;
    }

    public static DateTimeOffset? Date(Answer answer) =>
        DateTimeOffset.TryParseExact(answer["Date"], "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) ? date : null;

    private void Headers(Answer recorded, Answer given)
    {
        static ILookup<string, string> Compared(Answer answer) =>
            answer.Headers.Where(header => !Normalised.Headers.ContainsKey(header.Name)).ToLookup(header => header.Name.ToLowerInvariant(), header => header.Value);

        var (expected, found) = (Compared(recorded), Compared(given));
        foreach (var name in expected.Concat(found).Select(header => header.Key).Distinct().Where(name => name != "set-cookie"))
        {
            var (then, now) = (string.Join(", ", expected[name]), string.Join(", ", found[name]));
            if (!expected[name].Any() && Normalised.Further.GetValueOrDefault(name).Value == now)
            {
                continue;
            }

            if (name == "content-security-policy" && found[name].Any())
            {
                now = WithoutFurther(then, now);
            }

            if (expected[name].Any() != found[name].Any() || !_words.Says(then, now))
            {
                Differ(name, expected[name].Any() ? _words.Words(then) : "(none)", found[name].Any() ? now : "(none)");
            }
        }

        var (set, sets) = (expected["set-cookie"].Select(Cookie.Parse).ToList(), found["set-cookie"].Select(Cookie.Parse).ToList());
        foreach (var name in set.Concat(sets).Select(cookie => cookie.Name).Distinct())
        {
            var (then, now) = (set.Where(cookie => cookie.Name == name).ToArray(), sets.Where(cookie => cookie.Name == name).ToArray());
            if (then.Length != now.Length)
            {
                Differ($"set-cookie {name}", then.Length == 0 ? "(none)" : string.Join(" | ", then.Select(cookie => cookie.Shape)), now.Length == 0 ? "(none)" : string.Join(" | ", now.Select(cookie => cookie.Shape)));
                continue;
            }

            foreach (var (first, second) in then.Zip(now))
            {
                Is($"set-cookie {name}", first.Shape, second.Shape);
                if (first.Value.Length > 0 && second.Value.Length > 0 && !_words.Learn(first.RawValue, second.RawValue))
                {
                    Differ($"set-cookie {name}", _words.Live(first.RawValue) ?? "a value of its own", second.RawValue);
                }

                Expires(first, second);
            }
        }
    }

    // 30 days from now for a login; when it is cleared, any time in the past.
    private void Expires(Cookie recorded, Cookie given)
    {
        if (recorded.Expires is not { } then || given.Expires is not { } now)
        {
            return;
        }

        var expected = then + _sinceTheRecording;
        if (recorded.Value.Length == 0 ? now > expected + Year : (now - expected).Duration() > TimeSpan.FromMinutes(1))
        {
            Differ($"set-cookie {recorded.Name} expires", expected.ToString("r", CultureInfo.InvariantCulture), now.ToString("r", CultureInfo.InvariantCulture));
        }
    }

    // frame-ancestors 'self'; report-uri /hub/security/csp-report; default-src 'none': what follows the recorded directives may only tighten.
    private static string WithoutFurther(string recorded, string given)
    {
        var directives = recorded.Split(';', StringSplitOptions.TrimEntries);
        return directives.Any(directive => directive.StartsWith("default-src", StringComparison.Ordinal))
            ? given
            : string.Join("; ", given.Split(';', StringSplitOptions.TrimEntries).Where(directive => directives.Contains(directive) || !Normalised.FurtherDirectives.Contains(directive.Split(' ')[0])));
    }

    private void Is(string field, string recorded, string given)
    {
        if (recorded != given)
        {
            Differ(field, Short(recorded), Short(given));
        }
    }

    private void Differ(string field, string recorded, string given) => _differences.Add(new Difference(field, recorded, given));

    private static string Short(string text) => (text.Length <= 300 ? text : text[..300] + "…").ReplaceLineEndings(" ");
}
