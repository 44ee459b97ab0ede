using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Waiide.Gateway;

namespace Waiide.Tests.Gateway.Options;

public class GatewayOptionsReaderTests
{
    private static readonly (string, string?)[] Hub =
    [
        ("JUPYTERHUB_SERVICE_PREFIX", "/user/ada/"),
        ("JUPYTERHUB_API_URL", "http://hub:8081/hub/api"),
        ("JUPYTERHUB_API_TOKEN", "0a650dcd"),
        ("JUPYTERHUB_CLIENT_ID", "jupyterhub-user-ada"),
        ("JUPYTERHUB_OAUTH_ACCESS_SCOPES", "[\"access:servers!server=ada/\", \"access:servers!user=ada\"]"),
    ];

    [Theory]
    [InlineData(null, null, 8070)]
    [InlineData("8080", null, 8080)]
    [InlineData("9000", "8080", 9000)]
    [InlineData(null, "8888", 8888)]
    [InlineData("", "", 8070)]
    [InlineData(null, "tcp://10.0.0.1:80", 8070)]
    [InlineData(null, "0", 8070)]
    [InlineData(null, "99999", 8070)]
    [InlineData(null, "+80", 8070)]
    public void The_port_is_PORT_else_JUPYTERHUB_PORT_else_8070(string? port, string? hubPort, int expected)
    {
        var options = Read(("PORT", port), ("JUPYTERHUB_PORT", hubPort));
        Assert.Equal(expected, options.Port);
        Assert.Equal(hubPort is not (null or "" or "8080" or "8888"), options.Warnings.Any(warning => warning.Contains("JUPYTERHUB_PORT", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("http://127.0.0.1:40337/user/ada/", "127.0.0.1", 40337)]
    [InlineData("http://:8888/user/ada/", "::", 8888)]
    [InlineData("http://:::8888", "::", 8888)]
    [InlineData("http://:::8888/user/ada/", "::", 8888)]
    [InlineData("http://[::]:8888/", "::", 8888)]
    [InlineData("http://[::1]:8888/", "::1", 8888)]
    [InlineData("http://::1:8888/", "::1", 8888)]
    [InlineData("http://0.0.0.0:8888/", "0.0.0.0", 8888)]
    [InlineData("http://127.0.0.1/", "127.0.0.1", 80)]
    [InlineData("http://localhost:8888/", "127.0.0.1", 8888)]
    public void The_hubs_URL_says_the_address_and_a_second_port(string url, string address, int port)
    {
        var options = Read(("JUPYTERHUB_SERVICE_PREFIX", "/user/ada/"), ("JUPYTERHUB_SERVICE_URL", url), ("WAIIDE_HOST", "10.1.2.3"), ("PORT", "8070"));
        Assert.Equal(IPAddress.Parse(address), options.Address);
        Assert.Equal(8070, options.Port);
        Assert.Equal(port, options.HubSidePort);
    }

    [Fact]
    public void A_port_that_both_name_is_listened_on_once() =>
        Assert.Null(Read(("JUPYTERHUB_SERVICE_PREFIX", "/user/ada/"), ("JUPYTERHUB_SERVICE_URL", "http://127.0.0.1:8070/user/ada/")).HubSidePort);

    [Theory]
    [InlineData(null, true)]
    [InlineData("true", true)]
    [InlineData("1", true)]
    [InlineData("FALSE", false)]
    [InlineData("0", false)]
    public void All_components_are_offered_unless_somebody_says_no(string? said, bool expected) =>
        Assert.Equal(expected, Read(("USE_ALL_COMPONENTS", said)).AllComponents);

    [Theory]
    [InlineData("USE_ALL_COMPONENTS", "some", "USE_ALL_COMPONENTS is 'some'. Set it to true or false.")]
    [InlineData("WAIIDE_IDE_EXTENSIONS", "/nowhere/at/all", "WAIIDE_IDE_EXTENSIONS is '/nowhere/at/all', and there is no such folder.")]
    [InlineData("EXTENSIONS_GALLERY", "https://gallery.example.org", "EXTENSIONS_GALLERY is not what code-server takes.")]
    [InlineData("EXTENSIONS_GALLERY", "[]", "EXTENSIONS_GALLERY is not what code-server takes.")]
    [InlineData("EXTENSIONS_GALLERY", "{'serviceUrl':'https://gallery.example.org'}", "EXTENSIONS_GALLERY is not what code-server takes.")]
    [InlineData("EXTENSIONS_GALLERY", "{\"serviceUrl\":\"gallery\"}", "EXTENSIONS_GALLERY is not what code-server takes.")]
    [InlineData("EXTENSIONS_GALLERY", "{\"serviceUrl\":\"http://gallery.example.org\"}", "EXTENSIONS_GALLERY is not what code-server takes.")]
    [InlineData("EXTENSIONS_GALLERY", "{\"serviceUrl\":7}", "EXTENSIONS_GALLERY is not what code-server takes.")]
    public void What_the_IDE_could_not_start_with_is_named_before(string name, string value, string sentence) =>
        Assert.Contains(sentence, Assert.Throws<CannotStartException>(() => Read((name, value))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"serviceUrl\":\"https://gallery.example.org/api\",\"itemUrl\":\"\"}")]
    public void Any_gallery_and_none_can_be_asked_for(string gallery) => Assert.Empty(Read(("EXTENSIONS_GALLERY", gallery)).Warnings);

    [Theory]
    [InlineData(null, "/")]
    [InlineData("/", "/")]
    [InlineData("/user/username", "/user/username/")]
    [InlineData("user/ada/", "/user/ada/")]
    [InlineData("/user/we%2Bird@ex.org/s-%C3%A9/", "/user/we%2Bird@ex.org/s-%C3%A9/")]
    public void The_prefix_has_a_slash_at_both_ends_and_keeps_its_spelling(string? prefix, string expected) =>
        Assert.Equal(expected, Read(("JUPYTERHUB_SERVICE_PREFIX", prefix)).Prefix);

    [Fact]
    public void All_that_the_hub_says_is_read()
    {
        var options = Read([.. Hub, ("JUPYTERHUB_SERVER_NAME", ""), ("JUPYTERHUB_USER", "ada"), ("JUPYTERHUB_BASE_URL", "/jhub/"), ("JUPYTERHUB_HOST", "https://hub.example.org:8443"), ("JUPYTERHUB_PUBLIC_URL", "")]);
        var hub = options.Hub!;
        Assert.Equal("http://hub:8081/hub/api", hub.ApiUrl.ToString());
        Assert.Equal("/user/ada/oauth_callback", hub.CallbackUrl);
        Assert.Equal(["access:servers!server=ada/", "access:servers!user=ada"], hub.AccessScopes);
        Assert.Equal(TimeSpan.FromMinutes(5), hub.ActivityInterval);
        Assert.Equal("https://hub.example.org:8443/jhub/hub/logout", hub.PageOf("logout"));
        Assert.Equal("https://hub.example.org:8443/user/ada/", hub.FrontOf(options.Prefix));
        Assert.Equal("", options.ServerName);
        Assert.Null(options.Token);
    }

    [Theory]
    [InlineData("JUPYTERHUB_SERVICE_PREFIX")]
    [InlineData("JUPYTERHUB_API_URL")]
    [InlineData("JUPYTERHUB_API_TOKEN")]
    [InlineData("JUPYTERHUB_CLIENT_ID")]
    [InlineData("JUPYTERHUB_OAUTH_ACCESS_SCOPES")]
    public void Hub_variables_that_are_half_there_stop_the_boot(string missing) =>
        Assert.Contains(missing + " is not", Mistake([.. Hub.Where(variable => variable.Item1 != missing)]), StringComparison.Ordinal);

    [Fact]
    public void Older_hubs_call_the_scopes_by_another_name() =>
        Assert.Single(Read([.. Hub.SkipLast(1), ("JUPYTERHUB_OAUTH_SCOPES", "[\"access:servers\"]")]).Hub!.AccessScopes);

    [Theory]
    [InlineData("[]")]
    [InlineData("access:servers")]
    [InlineData("{}")]
    public void Without_a_scope_nobody_could_enter_and_the_gateway_does_not_start(string scopes) =>
        Assert.Contains("JUPYTERHUB_OAUTH_ACCESS_SCOPES", Mistake([.. Hub.SkipLast(1), ("JUPYTERHUB_OAUTH_ACCESS_SCOPES", scopes)]), StringComparison.Ordinal);

    [Theory]
    [InlineData("PORT", "abc")]
    [InlineData("PORT", "0")]
    [InlineData("PORT", "70000")]
    [InlineData("VSCODE_PORT", "-1")]
    [InlineData("WAIIDE_HOST", "everywhere")]
    [InlineData("WAIIDE_AUTH", "off")]
    [InlineData("WAIIDE_TOKEN", "short")]
    [InlineData("WAIIDE_TOKEN", "a token with spaces")]
    [InlineData("WAIIDE_TRUSTED_PROXIES", "10.0.0.0/8,proxy")]
    [InlineData("WAIIDE_IDE_URL", "ide:8071")]
    [InlineData("WAIIDE_IDE_URL", "localhost")]
    [InlineData("WAIIDE_IDE_HASHED_PASSWORD", "a;b")]
    [InlineData("WAIIDE_FRAME_ANCESTORS", "https://x; script-src *")]
    [InlineData("WAIIDE_FRAME_ANCESTORS", "https://p\u00f6rtal.example.org")]
    [InlineData("WAIIDE_FRAME_ANCESTORS", "https://a.example.org\u0001")]
    [InlineData("LOG_LEVEL", "loud")]
    [InlineData("JUPYTERHUB_SERVICE_PREFIX", "/user/é/")]
    [InlineData("JUPYTERHUB_SERVICE_PREFIX", "/user/../x/")]
    [InlineData("JUPYTERHUB_SERVICE_PREFIX", "/user/a;b c/")]
    [InlineData("JUPYTERHUB_SERVICE_PREFIX", "/user/a%2Fb/")]
    [InlineData("JUPYTERHUB_SERVICE_URL", "ftp://x")]
    [InlineData("JUPYTERHUB_SERVICE_URL", "http+unix://%2Frun%2Fada.sock/user/ada/")]
    [InlineData("JUPYTERHUB_SERVICE_URL", "https://127.0.0.1:8070/user/ada/")]
    [InlineData("JUPYTERHUB_SERVICE_URL", "http://127.0.0.1:port/")]
    public void A_bad_value_is_named_with_its_variable(string name, string value)
    {
        var mistake = Mistake((name, value));
        Assert.StartsWith(name, mistake, StringComparison.Ordinal);
        Assert.Contains("Set ", mistake, StringComparison.Ordinal);
    }

    [Fact]
    public void All_mistakes_are_told_at_once()
    {
        var mistake = Mistake(("PORT", "abc"), ("LOG_LEVEL", "loud"), ("WAIIDE_HOST", "x"), ("JUPYTERHUB_API_TOKEN", "secret-value"));
        foreach (var name in new[] { "PORT is", "LOG_LEVEL is", "WAIIDE_HOST is", "JUPYTERHUB_API_URL, " })
        {
            Assert.Contains("\n  - " + (name.EndsWith(' ') ? "JUPYTERHUB_API_TOKEN is set, but " + name : name), mistake, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("secret-value", mistake, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("DEBUG", LogLevel.Debug)]
    [InlineData("INFO", LogLevel.Information)]
    [InlineData("warning", LogLevel.Warning)]
    [InlineData("ERROR", LogLevel.Error)]
    [InlineData(null, LogLevel.Information)]
    public void LOG_LEVEL_knows_the_names_of_Python(string? text, LogLevel level) => Assert.Equal(level, Read(("LOG_LEVEL", text)).LogLevel);

    [Fact]
    public void A_misspelled_name_is_noticed_with_the_nearest_one() =>
        Assert.Contains("WAIIDE_WORKSPCE is not a setting of the gateway. Did you mean WAIIDE_WORKSPACE?", Read(("WAIIDE_WORKSPCE", "x")).Warnings);

    [Fact]
    public void Every_setting_that_the_documentation_knows_is_no_misspelled_one() =>
        Assert.DoesNotContain(Read([.. GatewayOptionsTable.Own.Select(setting => (setting.Name, (string?)""))]).Warnings, warning => warning.Contains("is not a setting", StringComparison.Ordinal));

    [Fact]
    public void Every_instance_has_its_data_directory()
    {
        var home = ("HOME", (string?)"/home/ada");
        Assert.Equal("/home/ada/.local/share/waiide/standalone", Read(home).DataDirectory);
        Assert.Equal("/data/waiide/standalone", Read(home, ("XDG_DATA_HOME", "/data")).DataDirectory);
        Assert.Equal("/home/ada/.local/share/waiide/standalone", Read(home, ("XDG_DATA_HOME", "data")).DataDirectory);
        Assert.StartsWith("/home/ada/.local/share/waiide/user-ada-lab-", Read(home, ("JUPYTERHUB_SERVICE_PREFIX", "/user/ada/lab/")).DataDirectory, StringComparison.Ordinal);
        Assert.NotEqual(
            Read(home, ("JUPYTERHUB_SERVICE_PREFIX", "/user/a/b-c/")).DataDirectory,
            Read(home, ("JUPYTERHUB_SERVICE_PREFIX", "/user/a-b/c/")).DataDirectory);
        Assert.Equal("/x", Read(home, ("WAIIDE_DATA_DIR", "/x")).DataDirectory);
    }

    // "/" is what a user without an entry in passwd has, as in OpenShift.
    [Fact]
    public void Who_has_no_home_keeps_no_files_of_VS_Code()
    {
        Assert.Null(Read(("HOME", "/"), ("WAIIDE_DATA_DIR", "/data"), ("WAIIDE_WORKSPACE", "/work")).AssetCache);
        Assert.Equal("/kept", Read(("HOME", "/"), ("WAIIDE_ASSET_CACHE", "/kept")).AssetCache);
        Assert.Equal("/home/ada/.cache/waiide/assets", Read(("HOME", "/home/ada")).AssetCache);
    }

    [Fact]
    public void The_hub_decides_alone_who_may_enter() =>
        Assert.Contains("WAIIDE_AUTH", Mistake([.. Hub, ("WAIIDE_AUTH", "none")]), StringComparison.Ordinal);

    [Fact]
    public void Variables_of_a_hub_without_its_prefix_are_noticed() =>
        Assert.Contains(Read(("JUPYTERHUB_USER", "ada")).Warnings, warning => warning.StartsWith("JUPYTERHUB_USER is set without JUPYTERHUB_SERVICE_PREFIX", StringComparison.Ordinal));

    private static GatewayOptions Read(params (string Name, string? Value)[] environment) =>
        new GatewayOptionsReader(new ConfigurationBuilder().AddInMemoryCollection(environment.Select(variable => KeyValuePair.Create(variable.Name, variable.Value))).Build()).Read();

    private static string Mistake(params (string Name, string? Value)[] environment) => Assert.Throws<CannotStartException>(() => Read(environment)).Message;
}
