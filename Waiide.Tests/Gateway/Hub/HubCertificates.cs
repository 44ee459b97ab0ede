using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Waiide.Tests.Support;

namespace Waiide.Tests.Gateway.Hub;

/// <summary>The authorities and certificates that a hub with internal_ssl makes, as files and as they are shown; a server trusts the hub and the proxy, not other servers.</summary>
internal sealed class HubCertificates : IDisposable
{
    private readonly TempDirectory _directory = new();

    public HubCertificates()
    {
        X509Certificate2 hubs = Authority("hub-ca"), proxies = Authority("proxy-client-ca"), servers = Authority("notebooks-ca");
        Hub = Issue(hubs, "hub-internal", "127.0.0.1");
        HubOfAnotherName = Issue(hubs, "hub-internal", "10.9.8.7");
        Proxy = Issue(proxies, "proxy-client", "127.0.0.1");
        Server = Issue(servers, "user-ada", "127.0.0.1");
        Stranger = Issue(Authority("hub-ca"), "hub-internal", "127.0.0.1");
        CertificateFile = Write("user-ada.crt", Server.ExportCertificatePem());
        KeyFile = Write("user-ada.key", Server.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem());
        AuthoritiesFile = Write("notebooks-ca_trust.crt", hubs.ExportCertificatePem() + "\n" + proxies.ExportCertificatePem());
        StrangersKeyFile = Write("stranger.key", Stranger.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem());
    }

    public X509Certificate2 Hub { get; }

    /// <summary>Of the right authority, for a host that nobody dials.</summary>
    public X509Certificate2 HubOfAnotherName { get; }

    public X509Certificate2 Proxy { get; }

    public X509Certificate2 Server { get; }

    /// <summary>Says what the hub's says, by an authority of the same name that nobody trusts.</summary>
    public X509Certificate2 Stranger { get; }

    public string CertificateFile { get; }

    public string KeyFile { get; }

    public string AuthoritiesFile { get; }

    public string StrangersKeyFile { get; }

    public (string, string)[] Environment => [("JUPYTERHUB_SSL_KEYFILE", KeyFile), ("JUPYTERHUB_SSL_CERTFILE", CertificateFile), ("JUPYTERHUB_SSL_CLIENT_CA", AuthoritiesFile)];

    /// <summary>A client that shows <paramref name="certificate"/>, if any, and talks to the server only.</summary>
    public HttpClient Client(X509Certificate2? certificate) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        SslOptions = new SslClientAuthenticationOptions
        {
            ClientCertificateContext = certificate is null ? null : SslStreamCertificateContext.Create(certificate, null, offline: true),
            RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetCertHashString() == Server.Thumbprint,
        },
    });

    public string Write(string name, string text)
    {
        var path = Path.Combine(_directory.Path, name);
        File.WriteAllText(path, text);
        return path;
    }

    public void Dispose() => _directory.Dispose();

    private static X509Certificate2 Authority(string name)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    private static X509Certificate2 Issue(X509Certificate2 authority, string name, string address)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Parse(address));
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], true));
        using var certificate = request.Create(authority, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(12), RandomNumberGenerator.GetBytes(8));
        return certificate.CopyWithPrivateKey(key);
    }
}
