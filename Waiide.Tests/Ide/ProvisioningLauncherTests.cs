using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Waiide.Tests.Support;

namespace Waiide.Tests.Ide;

/// <summary>The real code-server through ide/code-server; the first run on a machine downloads it.</summary>
public sealed class ProvisioningLauncherTests : IDisposable
{
    private const string Secret = "7777777777777777777777777777777777777777777777777777777777777777";

    private static readonly string Launcher = Path.Combine(ProvisioningScripts.Folder, "code-server");

    private readonly TempDirectory _directory = new();

    private string Data => Path.Combine(_directory.Path, "data");

    [Fact]
    public async Task Settings_are_seeded_once_and_never_overwritten()
    {
        await ProvisioningScripts.Tree;
        var settings = Path.Combine(Data, "User", "settings.json");
        string[] arguments = ["--config", "/dev/null", "--user-data-dir", Data, "--version"];

        var first = await ProvisioningScripts.Run(Launcher, arguments);
        Assert.True(first.ExitCode == 0, first.Error);
        Assert.Equal(await File.ReadAllTextAsync(Path.Combine(ProvisioningScripts.Folder, "settings.json")), await File.ReadAllTextAsync(settings));

        await File.WriteAllTextAsync(settings, "{ \"mine\": true }");
        await ProvisioningScripts.Run(Launcher, arguments);
        Assert.Equal("{ \"mine\": true }", await File.ReadAllTextAsync(settings));
    }

    [Fact]
    public async Task The_logs_of_the_ten_newest_starts_are_kept()
    {
        await ProvisioningScripts.Tree;
        var logs = Path.Combine(Data, "logs");
        for (var day = 1; day <= 13; day++)
        {
            Directory.CreateDirectory(Path.Combine(logs, $"202601{day:00}T090507"));
        }

        Directory.CreateDirectory(Path.Combine(logs, "of my own"));

        await ProvisioningScripts.Run(Launcher, ["--config", "/dev/null", $"--user-data-dir={Data}", "--version"]);

        Assert.Equal(
            [.. Enumerable.Range(4, 10).Select(day => $"202601{day:00}T090507"), "of my own"],
            Directory.GetDirectories(logs).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_launcher_becomes_code_server_under_its_own_process_id_from_any_folder_and_through_a_link()
    {
        var link = Path.Combine(_directory.Path, "my ide");
        File.CreateSymbolicLink(link, Launcher);
        var socket = Path.Combine(_directory.Path, "socket");
        await using var server = ProvisioningScripts.Start(
            link,
            ["--config", "/dev/null", "--auth", "none", "--socket", socket, "--socket-mode", "600", "--user-data-dir", Data],
            new Dictionary<string, string?> { ["HOME"] = _directory.Path, ["WAIIDE_IDE_CACHE"] = Path.GetDirectoryName(await ProvisioningScripts.Tree) });

        using var client = Client(socket);
        await Eventually.Is(() => Answers(client, HttpStatusCode.OK), $"/version answers: {server.Output}", TimeSpan.FromSeconds(60));

        var program = File.ResolveLinkTarget($"/proc/{server.Id}/exe", returnFinalTarget: true)!.FullName;
        Assert.EndsWith("/bin/node", program, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, new FileInfo(socket).UnixFileMode);

        // What code-server writes of its own belongs to this data directory, not to all of the user's.
        await Eventually.Is(() => File.Exists(Path.Combine(Data, "code-server", "heartbeat")), "the heartbeat is in the data directory");
        Assert.False(Directory.Exists(Path.Combine(_directory.Path, ".local")));
        Assert.False(Directory.Exists(Path.Combine(_directory.Path, ".config")));

        server.Signal("TERM");
        Assert.Equal(0, await server.WaitForExit());
    }

    [Fact]
    public async Task Neither_the_callers_variables_nor_a_missing_cookie_open_another_way_in()
    {
        await ProvisioningScripts.Tree;
        var port = Ports.Free();
        await using var server = ProvisioningScripts.Start(
            Launcher,
            ["--config", "/dev/null", "--bind-addr", $"127.0.0.1:{port}", "--user-data-dir", Data],
            new Dictionary<string, string?>
            {
                ["HASHED_PASSWORD"] = Secret,
                ["PASSWORD"] = "guess me",
                ["PORT"] = Ports.Free().ToString(CultureInfo.InvariantCulture),
                ["CODE_SERVER_HOST"] = "0.0.0.0",
                ["CODE_SERVER_PARENT_PID"] = "1",
                ["CODE_SERVER_COOKIE_SUFFIX"] = "other",
                ["VSCODE_IPC_HOOK_CLI"] = "/tmp/another-vs-code.sock",
                ["VSCODE_OPTIONS"] = "no-such-option",
                ["NODE_OPTIONS"] = "--no-such-option",
            });

        using var right = Client(port, Secret);
        await Eventually.Is(() => Answers(right, HttpStatusCode.OK), $"/version answers on the port asked for: {server.Output}", TimeSpan.FromSeconds(60));

        using var wrong = Client(port, new string('8', 64));
        Assert.True(await Answers(wrong, HttpStatusCode.Unauthorized));
        using var none = Client(port, null);
        Assert.True(await Answers(none, HttpStatusCode.Unauthorized));
        using var proxied = await none.GetAsync(new Uri($"/proxy/{port}/x", UriKind.Relative));
        Assert.Equal(HttpStatusCode.Unauthorized, proxied.StatusCode);

        // The inner process is what terminals inherit from.
        var inner = (await File.ReadAllTextAsync($"/proc/{server.Id}/task/{server.Id}/children")).Split(' ')[0];
        var names = (await File.ReadAllTextAsync($"/proc/{inner}/environ")).Split('\0').Select(variable => variable.Split('=')[0]).ToArray();
        Assert.Contains("PATH", names);
        Assert.DoesNotContain(names, name => name is "PORT" or "PASSWORD" or "HASHED_PASSWORD" or "NODE_OPTIONS" or "CODE_SERVER_HOST" || name.StartsWith("VSCODE_", StringComparison.Ordinal));
    }

    public void Dispose() => _directory.Dispose();

    private static async Task<bool> Answers(HttpClient client, HttpStatusCode expected)
    {
        try
        {
            using var answer = await client.GetAsync(new Uri("/version", UriKind.Relative));
            return answer.StatusCode == expected;
        }
        catch (HttpRequestException)
        {
            return false; // Not listening yet.
        }
    }

    private static HttpClient Client(int port, string? secret)
    {
        var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        if (secret is not null)
        {
            client.DefaultRequestHeaders.Add("Cookie", $"code-server-session={secret}");
        }

        return client;
    }

    private static HttpClient Client(string socket) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, cancellation) =>
        {
            var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancellation);
                return new NetworkStream(connection, ownsSocket: true);
            }
            catch
            {
                connection.Dispose();
                throw;
            }
        },
    })
    {
        BaseAddress = new Uri("http://ide"),
    };
}
