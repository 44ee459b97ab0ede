using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Aspire.Hosting.Tests.Containers;

/// <summary>The real podman, with settings under which it works inside a container too, and an image of busybox that is made here: nothing is pulled.</summary>
internal static class Podman
{
    public const string Image = "localhost/aspire-containers-test:1";

    private const string Settings = """
        [containers]
        default_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]
        [engine]
        runtime = "runc"
        cgroup_manager = "cgroupfs"
        events_logger = "file"
        """;

    private static readonly Lazy<string?> Missing = new(WhatIsMissing);
    private static readonly Lazy<bool> Imported = new(Import);

    /// <summary>Goes on only where podman is there and works; the test is skipped with a reason elsewhere, or fails with it where nothing may be skipped.</summary>
    public static void Need()
    {
        if (Missing.Value is { } missing)
        {
            var sentence = $"Containers are not tested: {missing} Install podman, runc and busybox-static.";
            var nothingMayBeSkipped = Environment.GetEnvironmentVariables().Keys.Cast<string>().Any(name => name.EndsWith("_TEST_REQUIRE_ALL", StringComparison.Ordinal));
            Assert.False(nothingMayBeSkipped, sentence);
            Skip.If(true, sentence);
        }

        Assert.True(Imported.Value);
    }

    /// <summary>What a command of podman prints; it must succeed.</summary>
    public static string Ask(params string[] arguments)
    {
        var (exitCode, output, errors) = Run("podman", arguments);
        return exitCode == 0 ? output.Trim() : throw new InvalidOperationException($"podman {string.Join(' ', arguments)}: {errors}");
    }

    public static string NetworkOf(string container) => Ask("inspect", container, "--format", "{{range $name, $network := .NetworkSettings.Networks}}{{$name}}{{end}}");

    public static bool Exists(string kind, string name) => Run("podman", [kind, "exists", name]).ExitCode == 0;

    public static void Remove(string container) => Run("podman", ["rm", "-f", "-t", "0", container]);

    /// <summary>podman keeps the layers of a build that was given up.</summary>
    public static void RemoveLeftBuilds()
    {
        var left = Ask("ps", "-a", "--external", "--format", "{{.Names}}").Split('\n').Where(name => name.StartsWith("aspire-containers-test-working-container", StringComparison.Ordinal));
        foreach (var name in left)
        {
            Remove(name);
        }
    }

    public static void RemoveNetwork(string network) => Run("podman", ["network", "rm", "-f", network]);

    [ModuleInitializer]
    internal static void UseOwnSettings()
    {
        if (Environment.GetEnvironmentVariable("CONTAINERS_CONF") is null)
        {
            var file = Path.Combine(AppContext.BaseDirectory, "containers.conf");
            File.WriteAllText(file, Settings);
            Environment.SetEnvironmentVariable("CONTAINERS_CONF", file);
        }

        if (Environment.GetEnvironmentVariable("ASPIRE_CONTAINER_RUNTIME") is null)
        {
            Environment.SetEnvironmentVariable("ASPIRE_CONTAINER_RUNTIME", "podman");
        }
    }

    private static string? WhatIsMissing()
    {
        if (!File.Exists("/bin/busybox"))
        {
            return "there is no static /bin/busybox.";
        }

        try
        {
            var (exitCode, _, errors) = Run("podman", ["container", "ls", "-n", "1"]);
            return exitCode == 0 ? null : $"podman does not work here ({errors.Trim()}).";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "podman is not installed.";
        }
    }

    private static bool Import()
    {
        var folder = Directory.CreateTempSubdirectory("aspire-containers-image-");
        try
        {
            foreach (var name in (string[])["bin", "tmp", "etc"])
            {
                folder.CreateSubdirectory(name);
            }

            File.Copy("/bin/busybox", Path.Combine(folder.FullName, "bin/busybox"));
            foreach (var applet in (string[])["sh", "httpd", "wget", "sleep", "cat", "echo", "ls", "stat", "env", "rm", "kill"])
            {
                File.CreateSymbolicLink(Path.Combine(folder.FullName, "bin", applet), "busybox");
            }

            var (exitCode, _, errors) = Run("sh", ["-c", $"tar -C {folder.FullName} -c . | podman import -q - {Image}"]);
            return exitCode == 0 ? true : throw new InvalidOperationException(errors);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static (int ExitCode, string Output, string Errors) Run(string command, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.Result);
    }
}
