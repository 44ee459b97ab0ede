using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Waiide.Tests.Support;

namespace Waiide.Tests.Topology;

/// <summary>A run without a hub behind the nginx of this machine, booted for the first test; its clients trust the authority of the development certificate and nobody else.</summary>
public sealed class FrontRun : IAsyncLifetime
{
    internal const string Token = "token-of-the-front-tests";

    private AppHostRun? _run;
    private Task? _boot;

    internal AppHostRun Run => _run!;

    internal Uri Site => new(new Uri(Run.Link), "/");

    internal string AuthorityFile => AuthorityOf(Run);

    internal static string AuthorityOf(AppHostRun run) => Path.Combine(run.DataDirectory, "certificates", "ca.crt");

    public Task InitializeAsync() => Task.CompletedTask;

    internal Task BootAsync()
    {
        Prerequisites.Need("node", "npm", "setsid", "nginx", "curl");
        return _boot ??= BootOnceAsync();
    }

    internal HttpClient Client() => new(Handler()) { BaseAddress = Site };

    /// <summary>Somebody who follows redirects, keeps cookies and has signed in.</summary>
    internal async Task<HttpPerson> PersonAsync()
    {
        var person = new HttpPerson(Site, Trust());
        using var signedIn = await person.Http.GetAsync(Run.Link);
        Assert.Equal(HttpStatusCode.OK, signedIn.StatusCode);
        return person;
    }

    internal SocketsHttpHandler Handler() => new() { UseProxy = false, AllowAutoRedirect = false, UseCookies = false, SslOptions = Trust() };

    public async Task DisposeAsync()
    {
        if (_run is not null)
        {
            await _run.DisposeAsync();
        }
    }

    private async Task BootOnceAsync()
    {
        _run = AppHostRun.Start("--Waiide:Front=process", "--Waiide:Mode=standalone", $"--Parameters:gateway-token={Token}");
        await _run.IsReady();
    }

    private SslClientAuthenticationOptions Trust() => new()
    {
        CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            CustomTrustStore = { X509Certificate2.CreateFromPem(File.ReadAllText(AuthorityFile)) },
            RevocationMode = X509RevocationMode.NoCheck,
        },
    };
}
