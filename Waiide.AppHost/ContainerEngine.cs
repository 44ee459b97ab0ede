using System.ComponentModel;
using System.Diagnostics;
using Microsoft.Extensions.Configuration;

namespace Waiide.AppHost;

/// <summary>Whether containers can run here; asked only where the topology has a choice.</summary>
internal static class ContainerEngine
{
    // An engine that is being started may take a while to say so; one that hangs must not hold the start for long.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private static readonly string[] Known = ["docker", "podman"];

    /// <summary>Whether the engine that Aspire would take answers: that of ASPIRE_CONTAINER_RUNTIME, else docker or podman.</summary>
    public static bool Answers(IConfiguration configuration) =>
        (configuration["ASPIRE_CONTAINER_RUNTIME"] is { Length: > 0 } chosen ? [chosen] : Known).Any(Answers);

    private static bool Answers(string engine)
    {
        try
        {
            using var question = Process.Start(new ProcessStartInfo(engine, ["container", "ls", "--last", "1"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            question.OutputDataReceived += (_, _) => { };
            question.BeginOutputReadLine();
            question.ErrorDataReceived += (_, _) => { };
            question.BeginErrorReadLine();
            if (question.WaitForExit(Limit))
            {
                return question.ExitCode == 0;
            }

            question.Kill(entireProcessTree: true);
            return false;
        }
        catch (Win32Exception)
        {
            return false; // Not installed.
        }
    }
}
