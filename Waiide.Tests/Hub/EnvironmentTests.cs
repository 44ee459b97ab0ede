using System.Net;
using System.Text.Json.Nodes;
using Waiide.Hub.Mock;
using Waiide.Hub.Mock.Servers;
using Waiide.Hub.Mock.State;
using Waiide.Tests.Support;

namespace Waiide.Tests.Hub;

/// <summary>What servers are started with: the environment that the real hub gives, argument for argument, and nothing of the hub's own.</summary>
public sealed class EnvironmentTests
{
    // What an administrator of the real hub had configured, and no version sets by itself.
    private static readonly string[] Configured =
        ["HUBLAB_DIR", "JUPYTERHUB_ADMIN_ACCESS", "JUPYTERHUB_COOKIE_OPTIONS", "JUPYTERHUB_DEBUG", "JUPYTERHUB_DEFAULT_URL", "JUPYTERHUB_DISABLE_USER_CONFIG", "JUPYTERHUB_ROOT_DIR"];

    [Theory]
    [InlineData("env-3.0.0-default.json", "3.0", 18081)]
    [InlineData("env-3.0.0-named.json", "3.0", 18081)]
    [InlineData("env-3.0.0-weird-names.json", "3.0", 18081)]
    [InlineData("env-5.5.1-default.json", "5.5", 18581)]
    [InlineData("env-5.5.1-named.json", "5.5", 18581)]
    [InlineData("env-variant-base-v3.json", "3.0", 18781, "/jhub/", "https://hub.example.org")]
    [InlineData("env-variant-base-pub-v5.json", "5.5", 18781, "/jhub/", "https://hub.example.org")]
    public void A_server_is_told_what_the_real_hub_told_it(string recorded, string profile, int apiPort, string baseUrl = "/", string? publicUrl = null)
    {
        var text = JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Hub", "Recorded", recorded)))!;
        var expected = (text["env"] ?? text).AsObject().ToDictionary(entry => entry.Key, entry => entry.Value!.GetValue<string>());
        var server = new Server(new User(1, expected["JUPYTERHUB_USER"], isAdmin: false, default), expected["JUPYTERHUB_SERVER_NAME"], baseUrl, isAttached: false);
        var options = new HubOptions
        {
            ApiPort = apiPort,
            BaseUrl = baseUrl,
            PublicUrl = publicUrl is null ? null : new Uri(publicUrl),
            Profile = VersionProfile.All[profile],
            Spawner = new SpawnerOptions
            {
                Environment = expected.Where(entry => Configured.Contains(entry.Key)).ToDictionary(),
                MemLimit = expected.ContainsKey("MEM_LIMIT") ? 1024 * 1024 * 1024 : null,
                CpuLimit = expected.ContainsKey("CPU_LIMIT") ? 1.5 : null,
            },
        };

        // The hub's own environment: what is kept of it, and what must not be.
        var hub = expected.Where(entry => entry.Key is "PATH" or "LANG" or "SHELL" or "PYTHONPATH").Append(new("Hub__Users__root", "secret")).Append(new("ASPIRE_RESOURCE_ID", "hub")).ToDictionary();

        var given = ServerEnvironment.Of(server, expected["JUPYTERHUB_API_TOKEN"], expected["JUPYTERHUB_SERVICE_URL"], expected["HOME"], options, hub);

        Assert.Equal(expected.OrderBy(entry => entry.Key, StringComparer.Ordinal), given.OrderBy(entry => entry.Key, StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("3.0", false, false, "")]
    [InlineData("4.1", true, false, "")]
    [InlineData("5.5", true, true, "https://hub.example.org")]
    [InlineData("6.0", true, true, "https://hub.example.org")]
    public void A_server_is_told_what_its_version_tells(string profile, bool cookiePrefix, bool publicUrls, string host)
    {
        var server = new Server(new User(1, "ada", isAdmin: false, default), "", "/", isAttached: false);
        var options = new HubOptions { Profile = VersionProfile.All[profile], PublicUrl = new Uri("https://hub.example.org") };

        var given = ServerEnvironment.Of(server, "token", "http://127.0.0.1:1/user/ada/", "/tmp", options, new Dictionary<string, string>());

        Assert.Equal(
            (cookiePrefix, publicUrls, publicUrls, host, given["JUPYTERHUB_OAUTH_ACCESS_SCOPES"], ""),
            (given.ContainsKey("JUPYTERHUB_COOKIE_HOST_PREFIX_ENABLED"), given.ContainsKey("JUPYTERHUB_PUBLIC_URL"), given.ContainsKey("JUPYTERHUB_PUBLIC_HUB_URL"),
                given["JUPYTERHUB_HOST"], given["JUPYTERHUB_OAUTH_SCOPES"], given["JUPYTERHUB_SERVER_NAME"]));
        Assert.DoesNotContain("PORT", given.Keys);
        Assert.DoesNotContain("JUPYTERHUB_PORT", given.Keys);
    }

    [Theory]
    [InlineData(false, "", true)]
    [InlineData(false, "x-otlp-api-key=the-hubs-own", false)]
    [InlineData(true, "x-otlp-api-key=the-hubs-own", true)]
    [InlineData(false, "x-otlp-api-key=the-hubs-own", false, "OTEL_EXPORTER_OTLP_TRACES_HEADERS")]
    public void A_gateway_gets_the_key_to_the_hubs_receiver_only_where_the_hub_is_told_to_hand_it_on(bool handsOn, string headers, bool hasTelemetry, string variable = "OTEL_EXPORTER_OTLP_HEADERS")
    {
        var server = new Server(new User(1, "ada", isAdmin: false, default), "", "/", isAttached: false);
        var options = new HubOptions { Spawner = new SpawnerOptions { TelemetryHeaders = handsOn, DeniedPorts = ["15100", "15102"] } };

        var given = GatewayServer.Environment(server, 1, options, new Dictionary<string, string> { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://localhost:4318", [variable] = headers });

        Assert.Equal(hasTelemetry, given.ContainsKey("OTEL_EXPORTER_OTLP_ENDPOINT"));
        Assert.Equal(hasTelemetry, given.ContainsKey("WAIIDE_TRUST_TRACEPARENT"));
        Assert.Equal(handsOn, given.ContainsValue("x-otlp-api-key=the-hubs-own"));
        Assert.EndsWith(",15100,15102", given["WAIIDE_DENIED_PORTS"], StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_belongs_to_the_run_of_an_AppHost_but_not_to_the_hubs_resource()
    {
        var server = new Server(new User(1, "ada", isAdmin: false, default), "", "/", isAttached: false);
        var options = new HubOptions { Spawner = new SpawnerOptions { EnvKeep = ["ASPIRE_RESOURCE_ID"] } };

        var given = ServerEnvironment.Of(server, "token", "http://127.0.0.1:1/user/ada/", "/tmp", options, new Dictionary<string, string> { ["ASPIRE_RUN_ID"] = "run", ["ASPIRE_RESOURCE_ID"] = "hub" });

        Assert.Equal("run", given["ASPIRE_RUN_ID"]);
        Assert.DoesNotContain("ASPIRE_RESOURCE_ID", given.Keys);
    }

    [Fact]
    public void What_the_spawner_sets_wins_over_everything()
    {
        var server = new Server(new User(1, "ada", isAdmin: false, default), "", "/", isAttached: false);
        var options = new HubOptions { Spawner = new SpawnerOptions { Environment = new Dictionary<string, string> { ["JUPYTERHUB_HOST"] = "https://other", ["HOME"] = "/elsewhere" } } };

        var given = ServerEnvironment.Of(server, "token", "http://127.0.0.1:1/user/ada/", "/tmp", options, new Dictionary<string, string>());

        Assert.Equal(("https://other", "/elsewhere"), (given["JUPYTERHUB_HOST"], given["HOME"]));
    }

    [Theory]
    [InlineData("", "default~")]
    [InlineData("ada", "ada")]
    [InlineData("we+ird@ex.org", "we+ird@ex.org")]
    public void A_plain_name_is_a_folder_of_that_name(string name, string folder) => Assert.Equal(folder, ServerFolders.NameOf(name));

    [Theory]
    [InlineData("..")]
    [InlineData(".ssh")]
    [InlineData("a~b")]
    [InlineData("s-é")]
    [InlineData("a name that is much too long to be the name of a folder, and then some")]
    public void Any_other_name_is_a_folder_that_no_plain_name_can_be(string name)
    {
        Assert.Matches(@"^[A-Za-z0-9_-]*~[0-9a-f]{32}$", ServerFolders.NameOf(name));
        Assert.NotEqual(ServerFolders.NameOf(name), ServerFolders.NameOf(name + "-"));
    }

    [SkippableFact]
    public async Task A_process_has_its_arguments_word_by_word_a_session_of_its_own_and_the_environment_of_a_server()
    {
        Prerequisites.Need("node");
        using var home = new TempDirectory();
        await using var hub = await HubCalls.StartAsync(
            ("Spawner:Args:0", "--some-arg"), ("Spawner:Args:1", "val ue, and {username}"), ("Spawner:Home", Path.Combine(home.Path, "{username}")), ("Spawner:EnvKeep", "PATH"), ("Profile", "3.0"));

        Assert.Equal((int)HttpStatusCode.Created, (await hub.StartServerAsync("alice/server", """{"kind": "env"}""")).Status);

        var told = await hub.AskServerAsync("/user/alice/");
        Assert.Equal(["--some-arg", "val ue, and {username}"], told["argv"]!.AsArray().Select(argument => argument!.GetValue<string>()));
        Assert.Equal(Path.Combine(home.Path, "alice"), told["cwd"]!.GetValue<string>());
        var id = told["pid"]!.GetValue<int>();
        Assert.Equal((id, id, hub.Process.Id), (told["pgid"]!.GetValue<int>(), told["sid"]!.GetValue<int>(), told["ppid"]!.GetValue<int>()));
        var recorded = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Hub", "Recorded", "env-3.0.0-default.json")))!["env"]!.AsObject();
        Assert.Equal(
            recorded.Select(entry => entry.Key).Except(["HUBLAB_DIR", "LANG"]).Append("TEST_HUB_RUN").Order(StringComparer.Ordinal),
            told["env"]!.AsObject().Select(entry => entry.Key).Order(StringComparer.Ordinal));
    }

    [SkippableFact]
    public async Task A_server_takes_signals_though_its_hub_was_started_to_ignore_them()
    {
        Prerequisites.Need("node");
        using var home = new TempDirectory();

        // Not asked of node, which puts its signals right by itself.
        await using var hub = await HubCalls.StartAsync(
            ("Spawner:Home", home.Path), ("Spawner:Cmd:0", "sh"), ("Spawner:Cmd:1", "-c"), ("Spawner:Cmd:2", $"grep SigIgn /proc/$$/status > signals; exec node '{RunningHub.SingleUserServer}'"));
        await hub.StopAsync();
        hub.Launcher = ["sh", "-c", "trap '' INT HUP; exec \"$@\"", "sh"];
        await hub.StartAgainAsync();

        Assert.Equal(201, (await hub.StartServerAsync("alice/server")).Status);

        Assert.Equal("SigIgn:\t0000000000000000\n", await File.ReadAllTextAsync(Path.Combine(home.Path, "signals")));
    }
}
