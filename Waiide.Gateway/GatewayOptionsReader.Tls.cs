using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Waiide.Gateway;

// The hub's internal_ssl. Its files are new at every spawn, so that reading them once is enough.
internal sealed partial class GatewayOptionsReader
{
    private static readonly string[] TlsVariables = ["JUPYTERHUB_SSL_KEYFILE", "JUPYTERHUB_SSL_CERTFILE", "JUPYTERHUB_SSL_CLIENT_CA"];

    private InternalTls? Tls()
    {
        var present = TlsVariables.Where(name => Text(name) is not null).ToArray();
        if (present.Length == 0)
        {
            if (Text("JUPYTERHUB_SERVICE_URL")?.StartsWith("https:", StringComparison.Ordinal) is true)
            {
                _mistakes.Add($"JUPYTERHUB_SERVICE_URL is an https:// URL, but {string.Join(", ", TlsVariables)} are not set. Set them to the files that the hub has made, or c.JupyterHub.internal_ssl = False.");
            }

            return null;
        }

        if (present.Length < TlsVariables.Length || !WantsHub)
        {
            _mistakes.Add(WantsHub
                ? $"{present[0]} is set, but {string.Join(" and ", TlsVariables.Except(present))} {(present.Length == 2 ? "is" : "are")} not. Set all three to the files that the hub has made (internal_ssl), or none."
                : $"{present[0]} is set, but there is no hub that would know its certificates. Remove {string.Join(", ", present)}; put TLS into the proxy in front.");
            return null;
        }

        return TlsFile(TlsVariables[0]) is { } key && TlsFile(TlsVariables[1]) is { } certificate && TlsFile(TlsVariables[2]) is { } authorities
            && Certificate(certificate, key) is { } pair && Authorities(authorities) is { } trusted
                ? new InternalTls(pair, trusted)
                : null;
    }

    private string? TlsFile(string name)
    {
        try
        {
            return File.ReadAllText(Text(name)!);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            _mistakes.Add($"{name} is '{Text(name)}', which cannot be read: {failure.Message} Set it to the file that the hub has made, and let this server's user read it.");
            return null;
        }
    }

    private X509Certificate2? Certificate(string certificate, string key)
    {
        try
        {
            using var alone = X509Certificate2.CreateFromPem(certificate);
        }
        catch (CryptographicException)
        {
            _mistakes.Add($"JUPYTERHUB_SSL_CERTFILE is '{Text("JUPYTERHUB_SSL_CERTFILE")}', which is no certificate in PEM form. Set it to the file that the hub has made.");
            return null;
        }

        try
        {
            return X509Certificate2.CreateFromPem(certificate, key);
        }
        catch (Exception failure) when (failure is CryptographicException or ArgumentException)
        {
            _mistakes.Add($"JUPYTERHUB_SSL_KEYFILE is '{Text("JUPYTERHUB_SSL_KEYFILE")}', which is not the key of the certificate in JUPYTERHUB_SSL_CERTFILE. Set both to the files of one spawn.");
            return null;
        }
    }

    private X509Certificate2Collection? Authorities(string text)
    {
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPem(text);
        }
        catch (CryptographicException)
        {
            authorities.Clear(); // Named below, as an empty file is.
        }

        if (authorities.Count > 0)
        {
            return authorities;
        }

        _mistakes.Add($"JUPYTERHUB_SSL_CLIENT_CA is '{Text("JUPYTERHUB_SSL_CLIENT_CA")}', which has no certificate in PEM form. Set it to the authorities that the hub has made.");
        return null;
    }
}
