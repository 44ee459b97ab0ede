using System.Globalization;
using Waiide.Hub.Mock.Servers;

namespace Waiide.Hub.Mock;

/// <summary>Hub:Spawner:* and what belongs to it.</summary>
internal static partial class HubSettings
{
    private static SpawnerOptions Spawner(IConfigurationSection hub, List<string> mistakes)
    {
        var section = hub.GetSection("Spawner");
        var defaults = new SpawnerOptions();
        return new SpawnerOptions
        {
            Cmd = [.. Words(section.GetSection("Cmd"))],
            Args = [.. Words(section.GetSection("Args"))],
            Environment = section.GetSection("Environment").GetChildren().ToDictionary(entry => entry.Key, entry => entry.Value ?? "", StringComparer.Ordinal),
            EnvKeep = section.GetSection("EnvKeep") is var keep && keep.Exists() ? [.. Names(keep)] : defaults.EnvKeep,
            DeniedPorts = Ports(section, "DeniedPorts", mistakes),
            TelemetryHeaders = Flag(section, "TelemetryHeaders", defaults.TelemetryHeaders, mistakes),
            Ip = section["Ip"] ?? defaults.Ip,
            HubConnectUrl = Url(section, "HubConnectUrl", "set where servers reach the hub's API port, such as http://127.0.0.1:8081", mistakes),
            Folder = Folder(section, "Folder", mistakes) ?? Path.Combine(UserFolders.Data, "waiide", "hub"),
            Home = Folder(section, "Home", mistakes),
            HttpTimeout = Seconds(section, "HttpTimeout", defaults.HttpTimeout, mistakes),
            SlowSpawnTimeout = Seconds(section, "SlowSpawnTimeout", defaults.SlowSpawnTimeout, mistakes),
            SlowStopTimeout = Seconds(section, "SlowStopTimeout", defaults.SlowStopTimeout, mistakes),
            InterruptTimeout = Seconds(section, "InterruptTimeout", defaults.InterruptTimeout, mistakes),
            TermTimeout = Seconds(section, "TermTimeout", defaults.TermTimeout, mistakes),
            KillTimeout = Seconds(section, "KillTimeout", defaults.KillTimeout, mistakes),
            PollInterval = Seconds(section, "PollInterval", defaults.PollInterval, mistakes),
            MemLimit = Bytes(section, "MemLimit", mistakes),
            CpuLimit = Processors(section, "CpuLimit", mistakes),
            AllowNamedServers = Flag(hub, "AllowNamedServers", defaults.AllowNamedServers, mistakes),
            NamedServerLimitPerUser = Count(hub, "NamedServerLimitPerUser", defaults.NamedServerLimitPerUser, mistakes),
            ConcurrentSpawnLimit = Count(hub, "ConcurrentSpawnLimit", defaults.ConcurrentSpawnLimit, mistakes),
            ActiveServerLimit = Count(hub, "ActiveServerLimit", defaults.ActiveServerLimit, mistakes),
            // An AppHost that can end what its hub has started lets servers outlive the hub alone: they are found again when it is back.
            CleanupServers = Flag(hub, "CleanupServers", Environment.GetEnvironmentVariable(ServerEnvironment.Run) is null, mistakes),
        };
    }

    // A relative path would be relative to whatever folder the hub happens to be started in.
    private static string? Folder(IConfigurationSection section, string name, List<string> mistakes)
    {
        if (section[name] is not { Length: > 0 } path)
        {
            return null;
        }

        if (!Path.IsPathFullyQualified(path))
        {
            mistakes.Add($"{section.Path}:{name} is '{path}'; set a full path, such as /srv/waiide/{name.ToLowerInvariant()}.");
        }

        return path;
    }

    private static string[] Ports(IConfigurationSection section, string name, List<string> mistakes)
    {
        var ports = Names(section.GetSection(name)).ToArray();
        foreach (var wrong in ports.Where(text => !ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port == 0))
        {
            mistakes.Add($"{section.Path}:{name} has '{wrong}'; set numbers from 1 to 65535, separated by commas, such as 5432,6379.");
        }

        return ports;
    }

    // Hub:Spawner:Cmd:0=python3, :1=server.py; or one word for a program without arguments. A comma may be part of an argument.
    private static IEnumerable<string> Words(IConfigurationSection section) =>
        section.Value is { Length: > 0 } word ? [word] : section.GetChildren().Select(child => child.Value ?? "");

    private static long? Bytes(IConfigurationSection section, string name, List<string> mistakes)
    {
        if (section[name] is not { Length: > 0 } text)
        {
            return null;
        }

        var power = "KMGT".IndexOf(char.ToUpperInvariant(text[^1])) + 1;
        if (double.TryParse(power > 0 ? text[..^1] : text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number is > 0 and < 1e15)
        {
            return (long)(number * Math.Pow(1024, power));
        }

        mistakes.Add($"{section.Path}:{name} is '{text}'; set bytes, or a number with K, M, G or T, such as 2G.");
        return null;
    }

    private static double? Processors(IConfigurationSection section, string name, List<string> mistakes)
    {
        if (section[name] is not { Length: > 0 } text)
        {
            return null;
        }

        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number is > 0 and <= 4096)
        {
            return number;
        }

        mistakes.Add($"{section.Path}:{name} is '{text}'; set a number of processors, such as 1.5.");
        return null;
    }

    private static int Count(IConfigurationSection section, string name, int otherwise, List<string> mistakes)
    {
        if (section[name] is not { Length: > 0 } text)
        {
            return otherwise;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count))
        {
            return count;
        }

        mistakes.Add($"{section.Path}:{name} is '{text}'; set a whole number, or 0 for no limit.");
        return otherwise;
    }
}
