using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Configuration;
using Waiide.Gateway;
using Waiide.Tests.Support;

namespace Waiide.Tests.Gateway.Hub;

/// <summary>A hub with internal_ssl: hub, proxy and server show each other certificates, and talk to nobody else.</summary>
public sealed class InternalTlsTests : IAsyncLifetime
{
    private readonly HubCertificates _certificates = new();
    private readonly TempDirectory _data = new();
    private readonly int _port = Ports.Free();
    private StubIde _ide = null!;

    public async Task InitializeAsync() => _ide = await StubIde.StartAsync();

    public async Task DisposeAsync()
    {
        await _ide.DisposeAsync();
        _certificates.Dispose();
        _data.Dispose();
    }

    [Fact]
    public async Task The_hub_and_its_proxy_get_in_and_nobody_else()
    {
        await using var hub = await HubAsync(_certificates.Hub);
        await using var gateway = await StartAsync(hub);
        foreach (var certificate in new[] { _certificates.Hub, _certificates.Proxy })
        {
            Assert.Equal(HttpStatusCode.OK, await StatusAsync("https", certificate));
        }

        // Not without a certificate, not with that of another server, not with one that only says so.
        foreach (var certificate in new[] { null, _certificates.Server, _certificates.Stranger })
        {
            await Assert.ThrowsAnyAsync<HttpRequestException>(() => StatusAsync("https", certificate));
        }

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => StatusAsync("http", null));
    }

    [Fact]
    public async Task The_hub_is_called_with_the_servers_certificate()
    {
        await using var hub = await HubAsync(_certificates.Hub);
        await using var gateway = await StartAsync(hub);
        await gateway.WaitForOutput("is JupyterHub 5.4.3");
        await Eventually.Is(() => !hub.Activity.IsEmpty, "the server reports its activity");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_hub_that_cannot_show_who_it_is_gets_no_token(bool rightAuthorityWrongName)
    {
        await using var hub = await HubAsync(rightAuthorityWrongName ? _certificates.HubOfAnotherName : _certificates.Stranger);
        await using var gateway = await StartAsync(hub);
        await gateway.WaitForOutput("The hub does not answer");
        using var client = _certificates.Client(_certificates.Proxy);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"https://127.0.0.1:{_port}/user/ada/") { Headers = { { "Authorization", "token " + hub.TokenOf("ada") } } };
        using var answer = await client.SendAsync(request);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal(0, hub.UserCalls);
        Assert.Empty(hub.Activity);
        Assert.Empty(_ide.Forwarded);
    }

    [Theory]
    [InlineData("https,http", true)]
    [InlineData("http", false)]
    public async Task The_proxy_is_believed_about_the_browsers_scheme(string proto, bool secure)
    {
        await using var hub = await HubAsync(_certificates.Hub);
        await using var gateway = await StartAsync(hub);
        using var client = _certificates.Client(_certificates.Proxy);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"https://127.0.0.1:{_port}/user/ada/") { Headers = { { "X-Forwarded-Proto", proto }, { "Accept", "text/html" } } };
        using var answer = await client.SendAsync(request);
        Assert.Equal(secure, Assert.Single(answer.Headers.GetValues("Set-Cookie")).EndsWith("; Secure", StringComparison.Ordinal));
        Assert.Equal(secure, answer.Headers.Contains("Strict-Transport-Security"));
    }

    [Theory]
    [InlineData("JUPYTERHUB_SSL_KEYFILE", "", "JUPYTERHUB_SSL_CERTFILE is set, but JUPYTERHUB_SSL_KEYFILE is not.")]
    [InlineData("JUPYTERHUB_SSL_CLIENT_CA", "", "JUPYTERHUB_SSL_KEYFILE is set, but JUPYTERHUB_SSL_CLIENT_CA is not.")]
    [InlineData("JUPYTERHUB_SSL_KEYFILE", "/nowhere/key", "JUPYTERHUB_SSL_KEYFILE is '/nowhere/key', which cannot be read")]
    [InlineData("JUPYTERHUB_SSL_KEYFILE", "stranger", "which is not the key of the certificate in JUPYTERHUB_SSL_CERTFILE")]
    [InlineData("JUPYTERHUB_SSL_KEYFILE", "garbage", "which is not the key of the certificate in JUPYTERHUB_SSL_CERTFILE")]
    [InlineData("JUPYTERHUB_SSL_CERTFILE", "garbage", "which is no certificate in PEM form")]
    [InlineData("JUPYTERHUB_SSL_CLIENT_CA", "garbage", "which has no certificate in PEM form")]
    [InlineData("JUPYTERHUB_API_TOKEN", "", "there is no hub that would know its certificates")]
    public void Files_that_do_not_fit_stop_the_boot_with_one_sentence(string name, string value, string expected)
    {
        var environment = _certificates.Environment.ToDictionary(variable => variable.Item1, variable => (string?)variable.Item2);
        foreach (var (key, text) in new[] { ("SERVICE_PREFIX", "/user/ada/"), ("API_URL", "https://hub:8081/hub/api"), ("API_TOKEN", "x"), ("CLIENT_ID", "ada"), ("OAUTH_ACCESS_SCOPES", "[\"access:servers\"]") })
        {
            environment["JUPYTERHUB_" + key] = name == "JUPYTERHUB_API_TOKEN" ? null : text;
        }

        environment[name] = value switch { "stranger" => _certificates.StrangersKeyFile, "garbage" => _certificates.Write("garbage.pem", "no PEM"), _ => value };

        var mistake = Assert.Throws<CannotStartException>(() => new GatewayOptionsReader(new ConfigurationBuilder().AddInMemoryCollection(environment).Build()).Read());

        Assert.Contains(expected, Assert.Single(mistake.Mistakes), StringComparison.Ordinal);
    }

    private async Task<HttpStatusCode> StatusAsync(string scheme, X509Certificate2? certificate)
    {
        using var client = _certificates.Client(certificate);
        using var answer = await client.GetAsync(new Uri($"{scheme}://127.0.0.1:{_port}/user/ada/api"));
        return answer.StatusCode;
    }

    private Task<StubHub> HubAsync(X509Certificate2 certificate) => StubHub.StartAsync(listen: listen => listen.UseHttps(https =>
    {
        https.ServerCertificate = certificate;
        https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
        https.ClientCertificateValidation = (shown, _, _) => shown.Thumbprint == _certificates.Server.Thumbprint;
    }));

    private async Task<ChildProcess> StartAsync(StubHub hub)
    {
        var environment = hub.Environment(_port);
        environment["JUPYTERHUB_SERVICE_URL"] = $"https://127.0.0.1:{_port}/user/ada/";
        environment["PORT"] = _port.ToString(CultureInfo.InvariantCulture);
        environment["WAIIDE_DATA_DIR"] = _data.Path;
        environment["WAIIDE_IDE_URL"] = _ide.Url.ToString();
        foreach (var (name, value) in _certificates.Environment)
        {
            environment[name] = value;
        }

        var gateway = ChildProcess.StartDotnet("Waiide.Gateway.dll", environment);
        await gateway.WaitForOutput(" listens on ");
        return gateway;
    }
}
