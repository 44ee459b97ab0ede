using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Waiide.Tests.Support;

namespace Waiide.Tests.Hub.Faults;

/// <summary>A hub that answers late, half or not at all, or begins anew, and what is there when it is back.</summary>
public sealed class AwayFaultTests
{
    [Fact]
    public async Task Slow_is_before_the_answer_or_in_the_middle_of_it()
    {
        await using var hub = await FaultyHub.StartAsync();
        var (_, whole) = await hub.ApiAsync("/user");
        await hub.BeginAsync("late", new { kind = "slow", delay = 1, paths = "/hub/api/info" });
        Assert.True(await TimeAsync(() => hub.ApiAsync("/info")) > TimeSpan.FromSeconds(0.9));
        var strikes = await StrikesAsync(hub, "late");
        await hub.ApiAsync("/user");
        Assert.Equal(strikes, await StrikesAsync(hub, "late"));

        await hub.BeginAsync("trickle", new { kind = "slow", rate = 500, paths = "/hub/api/user" });
        var began = Stopwatch.StartNew();
        var (_, trickled) = await hub.ApiAsync("/user");
        Assert.True(began.Elapsed > TimeSpan.FromSeconds(0.8), $"Some 700 bytes took {began.Elapsed}.");
        Assert.True(JsonNode.DeepEquals(whole, trickled), "Every byte comes, though late.");
    }

    [Fact]
    public async Task A_cut_answer_begins_and_does_not_end()
    {
        await using var hub = await FaultyHub.StartAsync();
        await hub.BeginAsync("cut", new { bytes = 5 });
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, hub.Hub.Api.Port);
        await client.GetStream().WriteAsync("GET /hub/api/ HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());
        var all = await UntilCutAsync(client.GetStream());
        Assert.Contains("Content-Length: 19", all, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n{\"ver", all, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("api")]
    [InlineData("front")]
    public async Task Refused_means_that_nobody_listens_until_the_hub_is_back_by_itself(string at)
    {
        await using var hub = await FaultyHub.StartAsync();
        var (gone, stays) = at == "api" ? (hub.Hub.Api, hub.Hub.Front) : (hub.Hub.Front, hub.Hub.Api);
        using var connected = new TcpClient();
        await connected.ConnectAsync(IPAddress.Loopback, gone.Port);

        await hub.BeginAsync("unreachable", new { at, duration = 8 });

        Assert.Equal("", await UntilCutAsync(connected.GetStream()).WaitAsync(TimeSpan.FromSeconds(5)));
        Assert.Equal(SocketError.ConnectionRefused, await DialAsync(gone));
        Assert.Equal(SocketError.Success, await DialAsync(stays));
        await Eventually.Is(async () => await DialAsync(gone) == SocketError.Success, "the port is open again after eight seconds");
        Assert.Equal(HttpStatusCode.OK, (await hub.ApiAsync("/user")).Status);
    }

    [Fact]
    public async Task A_port_that_another_program_took_meanwhile_is_opened_when_it_is_free()
    {
        await using var hub = await FaultyHub.StartAsync();
        await hub.BeginAsync("unreachable", new { at = "api", duration = 5 });
        await Eventually.Is(async () => await DialAsync(hub.Hub.Api) == SocketError.ConnectionRefused, "the port is closed");
        using (var another = new TcpListener(IPAddress.Loopback, hub.Hub.Api.Port))
        {
            another.Start();
            await hub.Hub.Process.WaitForOutput("cannot be opened again yet");
        }

        await Eventually.Is(async () => await DialAsync(hub.Hub.Api) == SocketError.Success, "the port is open again");
        Assert.Equal(HttpStatusCode.OK, (await hub.ApiAsync("/user")).Status);
    }

    [Fact]
    public async Task Silent_means_connected_and_never_answered()
    {
        await using var hub = await FaultyHub.StartAsync();
        await hub.BeginAsync("silence", new { kind = "unreachable", how = "silent", at = "api", duration = 60 });
        Assert.Equal(SocketError.Success, await DialAsync(hub.Hub.Api));
        var asked = hub.ApiAsync("/user");
        Assert.NotSame(asked, await Task.WhenAny(asked, Task.Delay(TimeSpan.FromSeconds(1))));

        await hub.EndAsync("silence");
        await Assert.ThrowsAsync<HttpRequestException>(() => asked.WaitAsync(TimeSpan.FromSeconds(5)));
        Assert.Equal(HttpStatusCode.OK, (await hub.ApiAsync("/user")).Status);
    }

    [SkippableTheory]
    [InlineData("true")]
    [InlineData("false")]
    public async Task Servers_run_on_while_the_hub_begins_anew(string cleanup)
    {
        Prerequisites.Need("node");
        using var data = new TempDirectory();
        await using var hub = await FaultyHub.StartAsync(("Database", Path.Combine(data.Path, "hub.db")), ("CleanupServers", cleanup));
        using var start = new HttpRequestMessage(HttpMethod.Post, new Uri(hub.Hub.Api, "/hub/api/users/ada/server"));
        Assert.Equal(HttpStatusCode.Created, (await hub.SendAsync(start)).Status);
        var before = await hub.Hub.AskServerAsync("/user/ada/");
        var process = hub.Hub.Process.Id;

        await hub.BeginAsync("restart", new { away = 0, process = true });
        await Eventually.Is(() => hub.Hub.Process.Output.Split("Sign in at").Length == 3, "the hub says a second time where to sign in");
        await Eventually.Is(async () => (bool?)(await hub.ApiAsync("/users/ada")).Body!["servers"]![""]?["ready"] is true, "the server is ready");

        var after = await hub.Hub.AskServerAsync("/user/ada/");
        Assert.Equal((process, before["pid"]!.ToJsonString()), (hub.Hub.Process.Id, after["pid"]!.ToJsonString()));
        Assert.Equal(HttpStatusCode.OK, (await hub.ApiAsync("/user", (string)before["env"]!["JUPYTERHUB_API_TOKEN"]!)).Status);

        // It is the hub's child still: its end is noticed at once, and not when the next regular look at it is due.
        System.Diagnostics.Process.GetProcessById((int)after["pid"]!).Kill();
        await Eventually.Is(async () => (await hub.ApiAsync("/users/ada")).Body!["server"] is null, "the server is stopped");
    }

    [Fact]
    public async Task A_restart_within_the_process_keeps_what_the_hub_knows()
    {
        await using var hub = await FaultyHub.StartAsync();
        var (token, _) = await hub.NewTokenAsync("ada");
        await hub.BeginAsync("restart", new { away = 5 });
        await Eventually.Is(async () => await DialAsync(hub.Hub.Front) == SocketError.ConnectionRefused && await DialAsync(hub.Hub.Api) == SocketError.ConnectionRefused, "both ports are closed");
        await Eventually.Is(async () => await DialAsync(hub.Hub.Api) == SocketError.Success, "the hub is back");
        Assert.Equal(HttpStatusCode.OK, (await hub.ApiAsync("/user", token)).Status);
    }

    [Fact]
    public async Task A_restart_of_the_process_is_the_same_program_begun_anew()
    {
        await using var hub = await FaultyHub.StartAsync();
        var (token, _) = await hub.NewTokenAsync("ada");
        await hub.BeginAsync("restart", new { away = 0, process = true });
        await Eventually.Is(() => hub.Hub.Process.Output.Split("Sign in at").Length == 3, "the hub says a second time where to sign in");
        Assert.False(hub.Hub.Process.HasExited);
        Assert.Equal(HttpStatusCode.Forbidden, (await hub.ApiAsync("/user", token)).Status); // It was in memory.
        Assert.Empty((await hub.ApiAsync("/faults")).Body!.AsArray());
    }

    private static async Task<int> StrikesAsync(FaultyHub hub, string fault) => (int)(await hub.ApiAsync("/faults/" + fault)).Body!["strikes"]!;

    private static async Task<TimeSpan> TimeAsync(Func<Task> act)
    {
        var began = Stopwatch.StartNew();
        await act();
        return began.Elapsed;
    }

    // Whether the end comes as a FIN or as a reset is the system's affair.
    private static async Task<string> UntilCutAsync(NetworkStream stream)
    {
        var (all, buffer) = (new StringBuilder(), new byte[4096]);
        try
        {
            while (await stream.ReadAsync(buffer) is var read and > 0)
            {
                all.Append(Encoding.UTF8.GetString(buffer, 0, read));
            }
        }
        catch (IOException failure) when (failure.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionReset })
        {
        }

        return all.ToString();
    }

    private static async Task<SocketError> DialAsync(Uri url)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, url.Port);
            return SocketError.Success;
        }
        catch (SocketException failure)
        {
            return failure.SocketErrorCode;
        }
    }
}
