using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Waiide.Gateway.Ide;

namespace Waiide.Gateway.Doctor;

/// <summary>What this machine or container has to give: an IDE server, memory, folders, files.</summary>
internal static partial class MachineChecks
{
    private const long Gibibyte = 1L << 30;
    private const int MayWrite = 2;

    internal static async Task<IReadOnlyList<Finding>> LookAsync(GatewayOptions options)
    {
        var findings = new List<Finding>();
        if (options.IdeUrl is null)
        {
            findings.Add(await IdeProgramAsync(options.IdeCommand));
            findings.Add(IdeCommand.IsOnPath("setsid", Environment.GetEnvironmentVariable("PATH"))
                ? Finding.Ok(Checks.Setsid, "setsid is there.")
                : Finding.Failure(Checks.Setsid, "setsid is not on the PATH: the IDE cannot be started in a session of its own.", "apt-get install util-linux"));
            findings.Add(Folder(Checks.Workspace, "The workspace", options.Workspace, "WAIIDE_WORKSPACE=…  # a folder that this user may write to"));
        }

        findings.Add(Memory(new[] { options.MemoryLimit, ContainerMemory.Find()?.Limit }.Min()));
        findings.Add(Folder(Checks.DataDirectory, "The data directory", options.DataDirectory, "WAIIDE_DATA_DIR=…  # on a volume that this user may write to"));
        findings.Add(OpenFiles(Limit(File.ReadLines("/proc/self/limits"), "Max open files")));
        if (long.TryParse(Read("/proc/sys/fs/inotify/max_user_watches"), CultureInfo.InvariantCulture, out var watches))
        {
            findings.Add(Inotify(watches));
        }

        return findings;
    }

    // What an IDE with one language server takes; see the resource table of the docs.
    internal static Finding Memory(long? limit) => limit switch
    {
        null => Finding.Ok(Checks.Memory, "No limit is set on the memory of this server."),
        < Gibibyte / 2 => Finding.Failure(Checks.Memory, $"This server may use {Size(limit.Value)} of memory; VS Code alone needs half a gibibyte, and is killed before it serves.", "c.Spawner.mem_limit = '2G'"),
        < Gibibyte => Finding.Warning(Checks.Memory, $"This server may use {Size(limit.Value)} of memory; VS Code with its extensions needs about 1 GiB.", "c.Spawner.mem_limit = '2G'"),
        _ => Finding.Ok(Checks.Memory, $"This server may use {Size(limit.Value)} of memory."),
    };

    internal static Finding OpenFiles(long limit) => limit switch
    {
        < 1024 => Finding.Failure(Checks.OpenFiles, $"Only {limit} files may be open at once; a browser tab and its watchers need more.", "ulimit -n 65536  # or LimitNOFILE=65536, or --ulimit nofile=65536"),
        < 4096 => Finding.Warning(Checks.OpenFiles, $"Only {limit} files may be open at once.", "ulimit -n 65536  # or LimitNOFILE=65536, or --ulimit nofile=65536"),
        _ => Finding.Ok(Checks.OpenFiles, $"{(limit == long.MaxValue ? "Any number of" : limit.ToString(CultureInfo.InvariantCulture))} files may be open at once."),
    };

    // https://code.visualstudio.com/docs/setup/linux#_visual-studio-code-is-unable-to-watch-for-file-changes-in-this-large-workspace-error-enospc
    internal static Finding Inotify(long watches) => watches < 65536
        ? Finding.Warning(Checks.Inotify, $"Only {watches} folders can be watched by one user: VS Code will miss changes in large workspaces.", "sysctl fs.inotify.max_user_watches=524288  # on the host")
        : Finding.Ok(Checks.Inotify, $"{watches} folders can be watched by one user.");

    internal static Finding Space(string check, string what, string path, long free, string fix) => free switch
    {
        < 100L << 20 => Finding.Failure(check, $"{what} {path} has only {Size(free)} left: settings and unsaved work are lost when it is full.", fix),
        < Gibibyte => Finding.Warning(check, $"{what} {path} has only {Size(free)} left.", fix),
        _ => Finding.Ok(check, $"{what} {path} can be written to and has {Size(free)} left."),
    };

    // "Max open files            1048576              1048576              files     ": soft, then hard, which .NET makes the soft one.
    internal static long Limit(IEnumerable<string> lines, string name) =>
        lines.FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?[name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, var hard, ..]
        && long.TryParse(hard, CultureInfo.InvariantCulture, out var limit) ? limit : long.MaxValue;

    private static Finding Folder(string check, string what, string path, string fix)
    {
        var existing = path;
        while (!Directory.Exists(existing))
        {
            existing = Path.GetDirectoryName(existing)!; // Made at the start, in the nearest folder that there is.
        }

        return Access(existing, MayWrite) == 0
            ? Space(check, what, path, new DriveInfo(existing).AvailableFreeSpace, fix)
            : Finding.Failure(check, $"{what} {path} cannot be written to by {Environment.UserName}.", fix);
    }

    private static async Task<Finding> IdeProgramAsync(string program)
    {
        const string fix = "WAIIDE_IDE_COMMAND=/…/code-server  # or put code-server, and Node.js, on the PATH";
        if (!IdeCommand.IsOnPath(program, Environment.GetEnvironmentVariable("PATH")))
        {
            return Finding.Failure(Checks.IdeProgram, $"{program} is not a program that can be started.", fix);
        }

        // Or code-server writes, even for this, a configuration with a password (and says so before the version) and empty logs into the home directory.
        var scratch = Directory.CreateTempSubdirectory("waiide-doctor-");
        using var process = Process.Start(new ProcessStartInfo(program, ["--config", "/dev/null", "--version"])
        {
            Environment = { ["XDG_DATA_HOME"] = scratch.FullName },
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30)); // Node.js on a cold disk.
        try
        {
            process.StandardInput.Close();
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            var output = await process.StandardOutput.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return process.ExitCode == 0
                ? Finding.Ok(Checks.IdeProgram, $"{program} is {Lines(output)[^1]}.")
                : Finding.Failure(Checks.IdeProgram, $"{program} --version ends with {process.ExitCode}: {Lines(await errors)[0]}", fix);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            return Finding.Failure(Checks.IdeProgram, $"{program} --version does not end within 30 s.", fix);
        }
        finally
        {
            scratch.Delete(recursive: true);
        }
    }

    private static string? Read(string path) => File.Exists(path) ? File.ReadAllText(path).Trim() : null;

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is { Length: > 0 } lines ? lines : ["silent"];

    private static string Size(long bytes) =>
        bytes < Gibibyte ? string.Create(CultureInfo.InvariantCulture, $"{bytes >> 20} MiB") : string.Create(CultureInfo.InvariantCulture, $"{(double)bytes / Gibibyte:0.#} GiB");

    [LibraryImport("libc", EntryPoint = "access", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Access(string path, int mode);
}
