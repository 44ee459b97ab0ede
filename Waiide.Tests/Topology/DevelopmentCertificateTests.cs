using System.Security.Cryptography.X509Certificates;
using Waiide.AppHost;
using Waiide.Tests.Support;

namespace Waiide.Tests.Topology;

/// <summary>The certificate that the front shows where `dotnet dev-certs` has none that is trusted.</summary>
public sealed class DevelopmentCertificateTests
{
    [Fact]
    public void It_is_for_this_machine_and_known_to_who_trusts_the_authority()
    {
        using var folder = new TempDirectory();
        var certificate = new DevelopmentCertificate(folder.Path);

        var shown = certificate.UseOurOwn();

        Assert.True(shown.HasPrivateKey);
        Assert.All(["localhost", "waiide.dev.localhost", "127.0.0.1", "::1"], name => Assert.True(shown.MatchesHostname(name), name));
        Assert.False(shown.MatchesHostname("example.org"));
        Assert.Equal([], Errors(shown, certificate.AuthorityFile));
        Assert.All(Directory.EnumerateFiles(folder.Path), file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
    }

    [Fact]
    public void The_authoritys_key_is_kept_nowhere()
    {
        using var folder = new TempDirectory();
        var certificate = new DevelopmentCertificate(folder.Path);
        certificate.UseOurOwn();

        Assert.Equal(["ca.crt", "localhost.crt", "localhost.key"], Directory.EnumerateFiles(folder.Path).Select(Path.GetFileName).Order());
        using var authority = X509CertificateLoader.LoadCertificateFromFile(certificate.AuthorityFile);
        Assert.Throws<ArgumentException>(() => X509Certificate2.CreateFromPemFile(certificate.AuthorityFile, Path.Combine(folder.Path, "localhost.key")));
    }

    [Fact]
    public void The_next_run_shows_the_same_one_so_that_trust_lasts()
    {
        using var folder = new TempDirectory();

        var first = new DevelopmentCertificate(folder.Path).UseOurOwn();
        var second = new DevelopmentCertificate(folder.Path).UseOurOwn();

        Assert.Equal(first.Thumbprint, second.Thumbprint);
    }

    [Theory]
    [InlineData("spoilt")]
    [InlineData("about to end")]
    public void A_new_one_takes_the_place_of_one_that_is(string state)
    {
        using var folder = new TempDirectory();
        var first = new DevelopmentCertificate(folder.Path).UseOurOwn();
        var file = Path.Combine(folder.Path, "localhost.crt");
        if (state == "spoilt")
        {
            File.WriteAllText(file, "-----BEGIN CERTIFICATE-----\n");
        }
        else
        {
            using var key = first.GetECDsaPrivateKey()!;
            var soon = new CertificateRequest("CN=localhost", key, System.Security.Cryptography.HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-300), DateTimeOffset.UtcNow.AddDays(29));
            File.WriteAllText(file, soon.ExportCertificatePem());
        }

        var certificate = new DevelopmentCertificate(folder.Path);
        var second = certificate.UseOurOwn();

        Assert.NotEqual(first.Thumbprint, second.Thumbprint);
        Assert.True(second.NotAfter > DateTime.Now.AddDays(300));
        Assert.Equal([], Errors(second, certificate.AuthorityFile));
    }

    private static IEnumerable<string> Errors(X509Certificate2 certificate, string authority)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(X509CertificateLoader.LoadCertificateFromFile(authority));
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(new("1.3.6.1.5.5.7.3.1")); // To show servers by.
        chain.Build(certificate);
        return chain.ChainStatus.Select(status => status.StatusInformation);
    }
}
