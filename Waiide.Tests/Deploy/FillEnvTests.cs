using System.Diagnostics;
using Waiide.Tests.Support;

namespace Waiide.Tests.Deploy;

/// <summary>deploy/fill-env as an operator runs it, and what docker-compose reads in the file.</summary>
public sealed class FillEnvTests
{
    [SkippableTheory]
    [InlineData("pa$HOME-x #secret tail")]
    [InlineData("$GATEWAY_TOKEN \"x\" `id` = é")]
    [InlineData("plain-1.2_3/4:5@6")]
    public async Task Compose_reads_the_value_that_was_given(string value)
    {
        Prerequisites.Need("compose", "openssl");
        using var folder = new TempDirectory();
        var file = await EmptyAsync(folder);

        Assert.Equal((0, ""), await RunAsync("GATEWAY_TOKEN=" + value, "deploy/fill-env", file, "-"));

        await File.WriteAllTextAsync(Path.Combine(folder.Path, "docker-compose.yaml"), "services:\n  a:\n    image: a\n    environment:\n      READ: \"[${GATEWAY_TOKEN}]\"\nversion: '3.7'\n");
        var start = new ProcessStartInfo("docker-compose", ["config"]) { WorkingDirectory = folder.Path, RedirectStandardOutput = true };
        using var compose = Process.Start(start)!;
        var printed = await compose.StandardOutput.ReadToEndAsync();
        await compose.WaitForExitAsync();
        var read = printed.Split('\n').Single(line => line.TrimStart().StartsWith("READ:", StringComparison.Ordinal)).Split("READ:")[1].Trim().Trim('\'');
        Assert.Equal($"[{value}]", read.Replace("$$", "$", StringComparison.Ordinal).Replace("\\xE9", "é", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("it's")]
    [InlineData("back\\slash")]
    [InlineData("a\tb c")]
    [InlineData("x ${HOME}")]
    public async Task What_a_file_cannot_say_is_refused_and_nothing_is_written(string value)
    {
        using var folder = new TempDirectory();
        var file = await EmptyAsync(folder);

        var (code, said) = await RunAsync("GATEWAY_TOKEN=" + value, "deploy/fill-env", file, "-");

        Assert.Equal(1, code);
        Assert.StartsWith("fill-env: The value of GATEWAY_TOKEN has a single quote, a backslash, ${ or a control character in it", said, StringComparison.Ordinal);
        Assert.DoesNotContain(value, said, StringComparison.Ordinal);
        Assert.Contains("GATEWAY_TOKEN=\n", await File.ReadAllTextAsync(file), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GATEWAY_TOKEN")]
    [InlineData("IDE_KEY")]
    [InlineData("ADMIN_PASSWORD")]
    [InlineData("ADMIN_SERVER_TOKEN")]
    [InlineData("DASHBOARD_TOKEN")]
    [InlineData("OTLP_KEY")]
    public async Task A_secret_among_the_arguments_is_refused(string secret)
    {
        using var folder = new TempDirectory();
        var file = Path.Combine(folder.Path, ".env");
        await File.WriteAllTextAsync(file, secret + "=\n");

        var (code, said) = await RunAsync("", "deploy/fill-env", file, secret + "=seen-by-all");

        Assert.Equal(1, code);
        Assert.Contains(secret + "=... to standard input", said, StringComparison.Ordinal);
        Assert.Equal(secret + "=\n", await File.ReadAllTextAsync(file));
    }

    [SkippableFact]
    public async Task Secrets_are_made_where_there_are_none_and_nobody_else_on_the_machine_can_read_them()
    {
        Prerequisites.Need("openssl");
        using var folder = new TempDirectory();
        var file = Path.Combine(folder.Path, ".env");
        await File.WriteAllTextAsync(file, "GATEWAY_TOKEN=kept\nIDE_KEY=\nADMIN_PASSWORD=\nADMIN_SERVER_TOKEN=\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);

        Assert.Equal((0, ""), await RunAsync("", "deploy/fill-env", file));

        Assert.Matches("^GATEWAY_TOKEN=kept\nIDE_KEY=([0-9a-f]{64})\nADMIN_PASSWORD=(?!\\1)([0-9a-f]{64})\nADMIN_SERVER_TOKEN=(?!\\1|\\2)[0-9a-f]{64}\n$", await File.ReadAllTextAsync(file));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    private static async Task<string> EmptyAsync(TempDirectory folder)
    {
        var file = Path.Combine(folder.Path, ".env");
        await File.WriteAllTextAsync(file, "# The token.\nGATEWAY_TOKEN=\n\nPUBLIC_URL=\n");
        return file;
    }

    private static async Task<(int Code, string Said)> RunAsync(string input, string script, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(Repository.Root, script), arguments) { RedirectStandardInput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var said = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, said);
    }
}
