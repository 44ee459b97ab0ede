using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;

namespace Waiide.AppHost;

/// <summary>docker or podman, where it answers; asked only where the topology has a choice.</summary>
internal sealed class ContainerEngine
{
    // An engine that is being started may take a while to say so; one that hangs must not hold the start for long.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private static readonly string[] Known = ["docker", "podman"];

    private readonly Lazy<bool> _reachesThisMachine;

    private ContainerEngine(string name)
    {
        Name = name;
        _reachesThisMachine = new(() => Ask(name, "info", "--format", "{{json .}}") is not { } described || !IsElsewhere(described));
    }

    public string Name { get; }

    /// <summary>Whether containers can be led to processes of this machine: not where the engine runs without root, in a namespace of its own, or in a virtual machine.</summary>
    public bool ReachesThisMachine => _reachesThisMachine.Value;

    /// <summary>The engine that Aspire would take: the one that was chosen, else docker or podman. Null: it does not answer.</summary>
    public static ContainerEngine? Find(IConfiguration configuration) =>
        ((configuration["DcpPublisher:ContainerRuntime"] ?? configuration["ASPIRE_CONTAINER_RUNTIME"]) is { Length: > 0 } chosen ? [chosen] : Known)
            .Where(engine => Ask(engine, "container", "ls", "--last", "1") is not null)
            .Select(engine => new ContainerEngine(engine))
            .FirstOrDefault();

    /// <summary>podman: {"host":{"security":{"rootless":true},"serviceIsRemote":false}}, docker: {"SecurityOptions":["name=rootless"],"OperatingSystem":"Docker Desktop"}</summary>
    internal static bool IsElsewhere(string described)
    {
        var engine = JsonNode.Parse(described);
        return (bool?)engine?["host"]?["security"]?["rootless"] == true
            || (bool?)engine?["host"]?["serviceIsRemote"] == true
            || (engine?["SecurityOptions"] as JsonArray ?? []).Any(option => ((string?)option)?.Contains("rootless", StringComparison.Ordinal) == true)
            || (string?)engine?["OperatingSystem"] == "Docker Desktop";
    }

    /// <summary>What the engine prints; null: it is not installed, fails or does not answer in time.</summary>
    private static string? Ask(string engine, params string[] arguments)
    {
        try
        {
            using var question = Process.Start(new ProcessStartInfo(engine, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var output = question.StandardOutput.ReadToEndAsync();
            question.ErrorDataReceived += (_, _) => { };
            question.BeginErrorReadLine();

            // A helper that the engine leaves behind may hold its output open: that is waited for no longer.
            if (question.WaitForExit(Limit) && output.Wait(Limit))
            {
                return question.ExitCode == 0 ? output.Result : null;
            }

            question.Kill(entireProcessTree: true);
            return null;
        }
        catch (Win32Exception)
        {
            return null; // Not installed.
        }
    }
}
