using System.Collections.Immutable;
using System.Globalization;

namespace Aspire.Dashboard.Consoles;

/// <summary>How far somebody has read, such as <c>gateway-hbkqzwxc=120;hub-wqpmzrta=44</c>. Whoever comes back with it gets what follows: nothing is lost, and nothing comes twice.</summary>
internal sealed record ConsoleCursor(ImmutableDictionary<string, int> Numbers)
{
    public static ConsoleCursor Start { get; } = new(ImmutableDictionary<string, int>.Empty);

    /// <summary>What is not understood counts as unread.</summary>
    public static ConsoleCursor Parse(string? text) => new((text ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries)
        .Select(part => part.Split('='))
        .Select(pair => (Id: pair[0], Number: pair.Length == 2 && int.TryParse(pair[1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0))
        .DistinctBy(pair => pair.Id)
        .ToImmutableDictionary(pair => pair.Id, pair => pair.Number));

    /// <summary>The number of the last line that was read of the resource with this id.</summary>
    public int Of(string id) => Numbers.GetValueOrDefault(id);

    public ConsoleCursor After(string id, int number) => new(Numbers.SetItem(id, number));

    public override string ToString() => string.Join(';', Numbers.Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key}={pair.Value}")));
}
