using System.Text.Json.Nodes;

namespace Waiide.Hub.Mock.Faults;

/// <summary>Makes a fault of what the configuration or a request says, or one sentence per mistake.</summary>
internal static class FaultReader
{
    /// <param name="name">What the fault is called; without "kind" among the settings, its kind too.</param>
    /// <param name="written">How a setting is written where these come from: Hub:Faults:name:delay, or delay.</param>
    /// <returns>Null if there are mistakes.</returns>
    public static Fault? Read(string name, IReadOnlyDictionary<string, string> settings, Func<string, string> written, List<string> mistakes)
    {
        var before = mistakes.Count;
        var kindName = settings.FirstOrDefault(setting => Is(setting.Key, "kind")).Value ?? name;
        if (!FaultKind.All.TryGetValue(kindName, out var kind))
        {
            mistakes.Add($"{written("kind")} is '{new LogText(kindName)}'; the kinds of faults are {string.Join(", ", FaultKind.All.Keys)}.");
            return null;
        }

        var values = new JsonObject();
        foreach (var (given, text) in settings.Where(setting => !Is(setting.Key, "kind")))
        {
            if (!kind.Keys.Contains(given, StringComparer.OrdinalIgnoreCase))
            {
                mistakes.Add($"{written(new LogText(given).ToString())} says nothing about {kind.Name}, which takes {string.Join(", ", kind.Keys)}.");
                continue;
            }

            var key = FaultKey.All[given];
            if (key.Parse(text) is { } value)
            {
                values[key.Name] = value;
            }
            else
            {
                mistakes.Add($"{written(key.Name)} is '{new LogText(text)}'; set {key.Takes}.");
            }
        }

        if (kind.NeedsOneOf.Length > 0 && !kind.NeedsOneOf.Any(needed => settings.Keys.Contains(needed, StringComparer.OrdinalIgnoreCase)))
        {
            mistakes.Add($"{string.Join(" or ", kind.NeedsOneOf.Select(written))} is missing: {FaultKey.All[kind.NeedsOneOf[0]].Takes}.");
        }

        return mistakes.Count == before ? new Fault(name, kind, values) : null;
    }

    private static bool Is(string given, string key) => given.Equals(key, StringComparison.OrdinalIgnoreCase);
}
