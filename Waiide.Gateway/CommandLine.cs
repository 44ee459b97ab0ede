using Waiide.ServiceDefaults;

namespace Waiide.Gateway;

/// <summary>What can be asked on the command line; settings are environment variables.</summary>
internal static class CommandLine
{
    /// <summary>The version of this build, such as 0.1.0.</summary>
    internal static string Version { get; } = ProgramVersion.Of(typeof(CommandLine).Assembly);

    /// <summary>Answers --version and --help; false when the gateway itself is needed.</summary>
    internal static bool Answers(string[] arguments)
    {
        switch (arguments)
        {
            case ["--version", ..]:
                Console.WriteLine(ProgramVersion.Line(typeof(CommandLine).Assembly));
                return true;
            case ["--help" or "-h", ..]:
                Console.WriteLine(GatewayOptionsTable.Help());
                return true;
            case [] or ["endpoints"] or ["health"] or ["doctor", ..]:
                return false;
            default:
                // Not a mistake: a hub's c.Spawner.args may still be those of jupyterhub-singleuser.
                Console.Error.WriteLine($"The arguments {string.Join(' ', arguments)} are ignored: settings are environment variables, see --help.");
                return false;
        }
    }
}
