namespace Waiide.Gateway;

/// <summary>What the machine does for the person behind the IDE: the IDE stage knows the processes, idle stop asks.</summary>
/// <param name="IdeIsStarting">True while the IDE server is on its way up, for the first time or again.</param>
/// <param name="Measure">What the person's own processes have used so far; null where they cannot be seen, as those of an attached IDE.</param>
internal sealed record UserWork(Func<bool> IdeIsStarting, Func<WorkTotal?> Measure);

/// <summary>What the person's processes have used since they started, with what their ended children had used.</summary>
/// <param name="Cpu">Processor time.</param>
/// <param name="Written">Bytes written, to files, pipes, sockets and terminals.</param>
/// <param name="HelpersCpu">Processor time of what VS Code's extensions have started, of which only they know whether it is the person's: a test run, a build, an agent, or a language server.</param>
internal readonly record struct WorkTotal(TimeSpan Cpu, long Written, TimeSpan HelpersCpu);
