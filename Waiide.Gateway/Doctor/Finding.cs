namespace Waiide.Gateway.Doctor;

/// <summary>How a check came out; <see cref="Skipped"/>: it could not be asked here and now.</summary>
internal enum Verdict
{
    Ok,
    Skipped,
    Warning,
    Failure,
}

/// <summary>What one check (a name of <see cref="Checks"/>) found, in a sentence, and the configuration line to change.</summary>
internal sealed record Finding(string Check, Verdict Verdict, string Message, string? Fix = null)
{
    internal static Finding Ok(string check, string message) => new(check, Verdict.Ok, message);

    internal static Finding Skipped(string check, string message) => new(check, Verdict.Skipped, message);

    internal static Finding Warning(string check, string message, string fix) => new(check, Verdict.Warning, message, fix);

    internal static Finding Failure(string check, string message, string fix) => new(check, Verdict.Failure, message, fix);
}
