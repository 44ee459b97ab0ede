using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Waiide.Gateway;

/// <summary>
/// How the hub, its proxy and this server know each other where the hub asks for it (internal_ssl): each shows a certificate of the hub's own authorities to the
/// other. The machine's authorities do not count: any of them would let anybody in.
/// </summary>
internal sealed record InternalTls(X509Certificate2 Certificate, X509Certificate2Collection Authorities)
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    private const SslProtocols Protocols = SslProtocols.Tls12 | SslProtocols.Tls13;

    /// <summary>Whoever connects to <paramref name="listen"/> shows a certificate of the authorities, or has no connection.</summary>
    internal void Guard(ListenOptions listen) => listen.UseHttps(https =>
    {
        https.ServerCertificate = Certificate;
        https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
        https.SslProtocols = Protocols;
        https.OnAuthenticate = (_, tls) => tls.CertificateChainPolicy = PolicyFor(ClientAuthentication);
    });

    /// <summary>Our certificate is shown, and the other side's must be of the authorities and name the host that was dialled.</summary>
    internal SslClientAuthenticationOptions AsClient() => new()
    {
        // A context, not a collection: of that, only what the server's list of authorities names would be shown.
        ClientCertificateContext = SslStreamCertificateContext.Create(Certificate, null, offline: true),
        EnabledSslProtocols = Protocols,
        CertificateChainPolicy = PolicyFor(ServerAuthentication),
    };

    private X509ChainPolicy PolicyFor(string purpose)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck, // The hub makes certificates for each spawn, and lists none as revoked.
            ApplicationPolicy = { new Oid(purpose) },
        };
        policy.CustomTrustStore.AddRange(Authorities);
        return policy;
    }
}
