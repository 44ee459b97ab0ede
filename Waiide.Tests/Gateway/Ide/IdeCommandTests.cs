using Waiide.Gateway;
using Waiide.Gateway.Ide;

namespace Waiide.Tests.Gateway.Ide;

public class IdeCommandTests
{
    private static readonly GatewayOptions Options = new() { DataDirectory = "/data", Workspace = "/work", IdeCommand = "/opt/code-server" };

    [Fact]
    public void It_listens_on_a_socket_that_only_this_user_can_open()
    {
        var command = IdeCommand.For(Options, "/data/run/ide.sock", new Dictionary<string, string>());
        Assert.Equal("/opt/code-server", command.Program);
        Assert.Equal(
            "--auth none --socket /data/run/ide.sock --socket-mode 600 --disable-telemetry --disable-update-check --disable-getting-started-override "
            + "--reconnection-grace-time 3600 --user-data-dir /data/user-data --extensions-dir /data/extensions --config /dev/null /work",
            string.Join(' ', command.Arguments));
    }

    [Fact]
    public void It_listens_on_loopback_only_where_a_port_is_asked_for()
    {
        var arguments = string.Join(' ', IdeCommand.For(Options with { VscodePort = 9001 }, null, new Dictionary<string, string>()).Arguments);
        Assert.Contains("--auth none --bind-addr 127.0.0.1:9001 ", arguments, StringComparison.Ordinal);
        Assert.DoesNotContain("--socket", arguments, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("JUPYTERHUB_API_TOKEN")]
    [InlineData("JUPYTERHUB_CLIENT_ID")]
    [InlineData("JUPYTERHUB_OAUTH_CALLBACK_URL")]
    [InlineData("JUPYTERHUB_SERVICE_URL")]
    [InlineData("JUPYTERHUB_SSL_KEYFILE")]
    [InlineData("JPY_API_TOKEN")]
    [InlineData("WAIIDE_TOKEN")]
    [InlineData("WAIIDE_IDE_HASHED_PASSWORD")]
    [InlineData("HASHED_PASSWORD")]
    [InlineData("PASSWORD")]
    [InlineData("PORT")]
    [InlineData("VSCODE_PORT")]
    [InlineData("VSCODE_IPC_HOOK_CLI")]
    [InlineData("CODE_SERVER_PARENT_PID")]
    [InlineData("OTEL_EXPORTER_OTLP_HEADERS")]
    [InlineData("ASPNETCORE_URLS")]
    [InlineData("DOTNET_ENVIRONMENT")]
    [InlineData("services__ide__http__0")]
    [InlineData("ConnectionStrings__db")]
    public void What_is_meant_for_the_gateway_stays_there(string name) =>
        Assert.DoesNotContain("secret", IdeEnvironment.From([KeyValuePair.Create(name, "secret")], "mark", "/", hasPorts: true).Values);

    [Fact]
    public void Dev_servers_are_found_under_the_whole_prefix_whatever_an_outer_IDE_has_said() =>
        Assert.Equal(
            "/user/we%2Bird@ex.org/proxy/{{port}}/",
            IdeEnvironment.From([KeyValuePair.Create("VSCODE_PROXY_URI", "http://outer/{{port}}")], "mark", "/user/we%2Bird@ex.org/", hasPorts: true)["VSCODE_PROXY_URI"]);

    [Theory]
    [InlineData("PATH")]
    [InlineData("HOME")]
    [InlineData("CONDA_PREFIX")]
    [InlineData("GITHUB_TOKEN")]
    [InlineData("DOTNET_ROOT")]
    [InlineData("JUPYTERHUB_USER")]
    [InlineData("JUPYTERHUB_SERVER_NAME")]
    [InlineData("JUPYTERHUB_SERVICE_PREFIX")]
    [InlineData("JUPYTERHUB_API_URL")]
    public void What_is_the_users_reaches_his_terminals(string name) =>
        Assert.Equal("mine", IdeEnvironment.From([KeyValuePair.Create(name, "mine")], "mark", "/", hasPorts: true)[name]);

    [Theory]
    [InlineData("/data", null, "/data/run/ide.sock")]
    [InlineData("/data", "/run/user/1000", "/data/run/ide.sock")]
    public void The_socket_is_in_the_data_directory(string data, string? runtime, string path) =>
        Assert.Equal(path, SocketFile.PathFor(data, runtime, Mark));

    [Fact]
    public void A_data_directory_that_is_too_deep_for_a_socket_gets_one_elsewhere()
    {
        var deep = "/" + new string('d', 100);
        Assert.Equal("/run/user/1000/waiide-0123456789ab/ide.sock", SocketFile.PathFor(deep, "/run/user/1000", Mark));
        Assert.Equal("/tmp/waiide-0123456789ab/ide.sock", SocketFile.PathFor(deep, null, Mark));
        Assert.Equal("/tmp/waiide-0123456789ab/ide.sock", SocketFile.PathFor(deep, deep, Mark));
    }

    private const string Mark = "0123456789abcdef0123456789abcdef";
}
