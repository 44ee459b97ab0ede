using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography.X509Certificates;

namespace Aspire.Hosting;

/// <summary>The certificates of <c>dotnet dev-certs https</c>.</summary>
[Experimental("ASPIRECERTIFICATES001", UrlFormat = "https://aka.ms/aspire/diagnostics/{0}")]
public interface IDeveloperCertificateService
{
    /// <summary>Those that are valid now and trusted on this machine, the best one first.</summary>
    ImmutableList<X509Certificate2> Certificates { get; }
}

#pragma warning disable ASPIRECERTIFICATES001 // Experimental in the real package, and so for those who call it.

/// <summary>Reads them from the user's store, once.</summary>
internal sealed class DeveloperCertificates : IDeveloperCertificateService
{
    // https://github.com/dotnet/aspnetcore: CertificateManager.AspNetHttpsOid marks a certificate of dev-certs, the extension's first byte is its version.
    private const string Mark = "1.3.6.1.4.1.311.84.1.1";

    private readonly Lazy<ImmutableList<X509Certificate2>> _certificates = new(Find);

    public ImmutableList<X509Certificate2> Certificates => _certificates.Value;

    private static ImmutableList<X509Certificate2> Find()
    {
        using var store = new X509Store(StoreName.My, StoreLocation.CurrentUser);
        store.Open(OpenFlags.ReadOnly);
        return
        [
            .. from certificate in store.Certificates
               let mark = certificate.Extensions.FirstOrDefault(extension => extension.Oid?.Value == Mark)
               where mark is not null && certificate.HasPrivateKey && IsTrusted(certificate)
               orderby (mark.RawData is [var version, ..] ? version : 0) descending, certificate.NotAfter descending
               select certificate,
        ];
    }

    // Its dates are a part of it. Nobody revokes it: no list of revocations is named in it.
    private static bool IsTrusted(X509Certificate2 certificate)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(certificate);
    }
}
