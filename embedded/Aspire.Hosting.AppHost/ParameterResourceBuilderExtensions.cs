using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting;

/// <summary>Adding values that come from outside.</summary>
public static class ParameterResourceBuilderExtensions
{
    /// <summary>Adds a parameter that has to be given.</summary>
    public static IResourceBuilder<ParameterResource> AddParameter(this IDistributedApplicationBuilder builder, string name, bool secret = false) =>
        builder.AddParameter(name, missing => missing?.GetDefaultValue() ?? throw new MissingParameterValueException(name), secret);

    /// <summary>Adds a parameter with a value of its own.</summary>
    public static IResourceBuilder<ParameterResource> AddParameter(this IDistributedApplicationBuilder builder, string name, string value, bool publishValueAsDefault = false, bool secret = false) =>
        builder.AddParameter(name, () => value, publishValueAsDefault, secret);

    /// <summary>Adds a parameter whose own value is found when it is first needed.</summary>
    public static IResourceBuilder<ParameterResource> AddParameter(this IDistributedApplicationBuilder builder, string name, Func<string> valueGetter, bool publishValueAsDefault = false, bool secret = false)
    {
        if (publishValueAsDefault && secret)
        {
            throw new ArgumentException($"Parameter '{name}' is secret: its value cannot be published as a default.", nameof(secret));
        }

        var parameter = builder.AddParameter(name, _ => valueGetter(), secret);
        parameter.Resource.Default = publishValueAsDefault ? new ConstantParameterDefault(valueGetter) : null;
        return parameter;
    }

    /// <summary>Adds a parameter with a default; with <paramref name="persist"/> a generated one is kept in the AppHost's user secrets.</summary>
    public static IResourceBuilder<ParameterResource> AddParameter(this IDistributedApplicationBuilder builder, string name, ParameterDefault value, bool secret = false, bool persist = false)
    {
        var parameter = builder.AddParameter(name, secret);
        parameter.Resource.Default = persist && builder.ExecutionContext.IsRunMode
            ? new UserSecretsParameterDefault(builder.AppHostAssembly, name, value)
            : value;
        return parameter;
    }

    /// <summary>Says what a parameter is for.</summary>
    public static IResourceBuilder<ParameterResource> WithDescription(this IResourceBuilder<ParameterResource> builder, string description, bool enableMarkdown = false)
    {
        builder.Resource.Description = description;
        builder.Resource.EnableDescriptionMarkdown = enableMarkdown;
        return builder;
    }

    private static IResourceBuilder<ParameterResource> AddParameter(this IDistributedApplicationBuilder builder, string name, Func<ParameterDefault?, string> otherwise, bool secret) =>
        builder.AddResource(new ParameterResource(name, missing => FromConfiguration(builder.Configuration, name) ?? otherwise(missing), secret));

    /// <summary>Environment variables cannot have hyphens: Parameters__hub_token stands for Parameters:hub-token.</summary>
    private static string? FromConfiguration(ConfigurationManager configuration, string name) =>
        configuration[$"Parameters:{name}"] ?? configuration[$"Parameters:{name.Replace('-', '_')}"];
}
