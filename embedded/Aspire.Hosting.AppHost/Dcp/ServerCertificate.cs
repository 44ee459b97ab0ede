using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting.Dcp;

#pragma warning disable ASPIRECERTIFICATES001 // Experimental in the real package, and so for those who call it.

/// <summary>The certificate that a resource serves https with, as files of a folder that is the resource's to read.</summary>
internal sealed record ServerCertificate(string Name, string CertificatePem, string KeyPem)
{
    /// <summary>The folder of such files in a container.</summary>
    public const string ContainerFolder = "/usr/lib/ssl/aspire/private";

    /// <summary>The certificate's file in a folder.</summary>
    public string CertificateFile => Name + ".crt";

    /// <summary>The key's file in the same folder.</summary>
    public string KeyFile => Name + ".key";

    /// <summary>The certificate of a resource whose program is to be told of one; null where it is not, or where there is none.</summary>
    public static async Task<ServerCertificate?> OfAsync(IResource resource, IServiceProvider services, CancellationToken cancellationToken)
    {
        if (!resource.HasAnnotationOfType<HttpsCertificateConfigurationCallbackAnnotation>())
        {
            return null;
        }

        resource.TryGetLastAnnotation<HttpsCertificateAnnotation>(out var chosen);
        var certificate = chosen?.Certificate ?? services.GetRequiredService<IDeveloperCertificateService>().Certificates.FirstOrDefault();
        if (certificate is null)
        {
            return null;
        }

        var password = chosen?.Password is { } parameter ? await parameter.GetValueAsync(cancellationToken).ConfigureAwait(false) : null;
        return new ServerCertificate(certificate.Thumbprint.ToLowerInvariant(), certificate.ExportCertificatePem() + "\n", KeyOf(certificate, password) + "\n");
    }

    /// <summary>Has the resource's callbacks add their variables; <paramref name="folder"/> is where the resource finds the files.</summary>
    public async Task ConfigureAsync(IResource resource, string folder, Dictionary<string, object> variables)
    {
        var context = new HttpsCertificateConfigurationCallbackAnnotationContext
        {
            EnvironmentVariables = variables,
            CertificatePath = ReferenceExpression.Create($"{folder}/{CertificateFile}"),
            KeyPath = ReferenceExpression.Create($"{folder}/{KeyFile}"),
        };
        foreach (var configuration in resource.Annotations.OfType<HttpsCertificateConfigurationCallbackAnnotation>().ToArray())
        {
            await configuration.Callback(context).ConfigureAwait(false);
        }
    }

    /// <summary>Writes both files for a process of this machine.</summary>
    public void WriteTo(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new PlatformNotSupportedException();
        }

        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Write(Path.Combine(folder, CertificateFile), CertificatePem);
        Write(Path.Combine(folder, KeyFile), KeyPem);
    }

    [UnsupportedOSPlatform("windows")]
    private static void Write(string path, string text)
    {
        using var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        file.Write(Encoding.ASCII.GetBytes(text));
    }

    private static string KeyOf(X509Certificate2 certificate, string? password)
    {
        using AsymmetricAlgorithm key = (AsymmetricAlgorithm?)certificate.GetECDsaPrivateKey() ?? certificate.GetRSAPrivateKey()
            ?? throw new DistributedApplicationException($"The key of the certificate '{certificate.Subject}' is neither ECDSA nor RSA.");
        return password is null
            ? key.ExportPkcs8PrivateKeyPem()
            : key.ExportEncryptedPkcs8PrivateKeyPem(password, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 100_000));
    }
}
