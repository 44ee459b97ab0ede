using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography.X509Certificates;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

// Serving https while developing; a published application gets its certificates elsewhere.
public static partial class ResourceBuilderExtensions
{
    /// <summary>The resource serves https with the certificate of <c>dotnet dev-certs https --trust</c>; where there is none that is trusted, it is told of no certificate.</summary>
    [Experimental("ASPIRECERTIFICATES001", UrlFormat = "https://aka.ms/aspire/diagnostics/{0}")]
    public static IResourceBuilder<TResource> WithHttpsDeveloperCertificate<TResource>(this IResourceBuilder<TResource> builder, IResourceBuilder<ParameterResource>? password = null)
        where TResource : IResourceWithEnvironment, IResourceWithArgs =>
        builder.WithAnnotation(new HttpsCertificateAnnotation(null, password?.Resource), ResourceAnnotationMutationBehavior.Replace);

    /// <summary>The resource serves https with this certificate, which has its key; with a password, its program finds the key encrypted.</summary>
    [Experimental("ASPIRECERTIFICATES001", UrlFormat = "https://aka.ms/aspire/diagnostics/{0}")]
    public static IResourceBuilder<TResource> WithHttpsCertificate<TResource>(
        this IResourceBuilder<TResource> builder, X509Certificate2 certificate, IResourceBuilder<ParameterResource>? password = null)
        where TResource : IResourceWithEnvironment, IResourceWithArgs => certificate.HasPrivateKey
        ? builder.WithAnnotation(new HttpsCertificateAnnotation(certificate, password?.Resource), ResourceAnnotationMutationBehavior.Replace)
        : throw new ArgumentException($"The certificate '{certificate.Subject}' has no private key, so that resource '{builder.Resource.Name}' cannot serve https with it.", nameof(certificate));

    /// <summary>Tells the resource's program where its certificate is, when there is one.</summary>
    [Experimental("ASPIRECERTIFICATES001", UrlFormat = "https://aka.ms/aspire/diagnostics/{0}")]
    public static IResourceBuilder<TResource> WithHttpsCertificateConfiguration<TResource>(
        this IResourceBuilder<TResource> builder, Func<HttpsCertificateConfigurationCallbackAnnotationContext, Task> callback)
        where TResource : IResourceWithEnvironment, IResourceWithArgs => builder.WithAnnotation(new HttpsCertificateConfigurationCallbackAnnotation(callback));
}
