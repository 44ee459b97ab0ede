using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Waiide.AppHost;

/// <summary>The certificate that the front shows: the one of `dotnet dev-certs`, or one of our own, signed by an authority that people may have their browser trust.</summary>
/// <param name="folder">Where our own is kept.</param>
internal sealed class DevelopmentCertificate(string folder)
{
    // As long as browsers accept at most, and anew before a run could outlive it.
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(397);
    private static readonly TimeSpan TooShort = TimeSpan.FromDays(30);

    private string CertificateFile => Path.Combine(folder, "localhost.crt");

    private string KeyFile => Path.Combine(folder, "localhost.key");

    /// <summary>The authority's certificate, for browsers and other clients to trust.</summary>
    public string AuthorityFile => Path.Combine(folder, "ca.crt");

    /// <summary>What the front shows, since the application started.</summary>
    public X509Certificate2? Chosen { get; private set; }

    /// <summary>Takes somebody else's.</summary>
    public void Use(X509Certificate2 certificate) => Chosen = certificate;

    /// <summary>Takes our own, made where there is none that lasts.</summary>
    public X509Certificate2 UseOurOwn() => Chosen = Kept() ?? Make();

    private X509Certificate2? Kept()
    {
        if (!File.Exists(CertificateFile) || !File.Exists(KeyFile) || !File.Exists(AuthorityFile))
        {
            return null;
        }

        try
        {
            var certificate = X509Certificate2.CreateFromPemFile(CertificateFile, KeyFile);
            return DateTime.Now + TooShort < certificate.NotAfter ? certificate : null;
        }
        catch (CryptographicException)
        {
            return null; // Spoilt, or half written by a run that was cut off.
        }
    }

    // The authority signs once and its key is forgotten: whoever trusts it trusts this certificate and no other, whatever becomes of this folder.
    private X509Certificate2 Make()
    {
        var (from, to) = (DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow + Lifetime);
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authorityRequest = new CertificateRequest($"CN=Waiide development {from:yyyy-MM-dd}", authorityKey, HashAlgorithmName.SHA256);
        authorityRequest.CertificateExtensions.Add(X509BasicConstraintsExtension.CreateForCertificateAuthority(pathLengthConstraint: 0));
        authorityRequest.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        authorityRequest.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(authorityRequest.PublicKey, critical: false));
        using var authority = authorityRequest.CreateSelfSigned(from, to);

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddDnsName("*.dev.localhost");
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(X509BasicConstraintsExtension.CreateForEndEntity(critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1", "serverAuth")], critical: false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        using var certificate = request.Create(authority, from, to, RandomNumberGenerator.GetBytes(16));

        Directory.CreateDirectory(folder); // In the data directory, which is closed to others.
        Write(AuthorityFile, authority.ExportCertificatePem());
        Write(CertificateFile, certificate.ExportCertificatePem());
        Write(KeyFile, key.ExportPkcs8PrivateKeyPem());
        return certificate.CopyWithPrivateKey(key);
    }

    private static void Write(string path, string pem)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var file = new FileStream(path, options);
        file.Write(Encoding.ASCII.GetBytes(pem + "\n"));
    }
}
