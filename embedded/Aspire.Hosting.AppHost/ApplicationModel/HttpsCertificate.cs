using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography.X509Certificates;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Where a resource finds the certificate that it is to serve https with; a callback turns that into the variables that its program understands.</summary>
[Experimental("ASPIRECERTIFICATES001", UrlFormat = "https://aka.ms/aspire/diagnostics/{0}")]
public sealed class HttpsCertificateConfigurationCallbackAnnotationContext
{
    /// <summary>The variables of the resource, to be added to.</summary>
    public required Dictionary<string, object> EnvironmentVariables { get; init; }

    /// <summary>Where the certificate is (PEM), as the resource sees it.</summary>
    public required ReferenceExpression CertificatePath { get; init; }

    /// <summary>Where its key is (PEM).</summary>
    public required ReferenceExpression KeyPath { get; init; }
}

/// <summary>Which certificate a resource serves https with: its own, or the developer's.</summary>
internal sealed record HttpsCertificateAnnotation(X509Certificate2? Certificate, ParameterResource? Password) : IResourceAnnotation;

#pragma warning disable ASPIRECERTIFICATES001 // Experimental in the real package, and so for those who call it.

/// <summary>How a resource's program is told where its certificate is.</summary>
internal sealed record HttpsCertificateConfigurationCallbackAnnotation(Func<HttpsCertificateConfigurationCallbackAnnotationContext, Task> Callback) : IResourceAnnotation;
