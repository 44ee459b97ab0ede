namespace Waiide.Gateway;

/// <summary>Why the gateway does not start, in sentences for the person who starts it: printed as they are, without a stack trace.</summary>
internal sealed class CannotStartException(params IReadOnlyList<string> mistakes)
    : Exception(mistakes is [var only] ? only : "Waiide cannot start:" + string.Concat(mistakes.Select(mistake => $"\n  - {mistake}")))
{
    /// <summary>Each reason by itself.</summary>
    public IReadOnlyList<string> Mistakes { get; } = mistakes;
}
