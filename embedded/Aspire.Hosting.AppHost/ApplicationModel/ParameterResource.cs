namespace Aspire.Hosting.ApplicationModel;

/// <summary>A value that comes from outside: configuration key <c>Parameters:name</c>, else a default.</summary>
public class ParameterResource : Resource, IManifestExpressionProvider, IValueProvider
{
    private readonly Lazy<string> _value;
    private volatile string? _given;

    /// <summary>Creates a parameter whose value <paramref name="callback"/> finds when it is first asked for.</summary>
    public ParameterResource(string name, Func<ParameterDefault?, string> callback, bool secret = false)
        : base(name)
    {
        _value = new Lazy<string>(() => callback(Default));
        Secret = secret;
    }

    /// <summary>Whether the value must not be shown.</summary>
    public bool Secret { get; }

    /// <summary>What the value is when nobody gave one.</summary>
    public ParameterDefault? Default { get; set; }

    /// <summary>What the value is for, for the person who is asked for it.</summary>
    public string? Description { get; set; }

    /// <summary>Whether the description is Markdown.</summary>
    public bool EnableDescriptionMarkdown { get; set; }

    /// <inheritdoc />
    public string ValueExpression => $"{{{Name}.value}}";

    /// <summary>The value; fails with a sentence that tells where to put it when there is none.</summary>
    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken) => new(_given ?? _value.Value);

    /// <summary>Gives the value that nobody gave before the start.</summary>
    internal void Give(string value) => _given = value;
}

/// <summary>What a parameter's value is when nobody gave one.</summary>
public abstract class ParameterDefault
{
    /// <summary>The value; another one at each call where it is generated.</summary>
    public abstract string GetDefaultValue();
}

/// <summary>A parameter was asked for its value and nobody gave one.</summary>
internal sealed class MissingParameterValueException(string name) : DistributedApplicationException(
    $"Parameter '{name}' has no value. Set it with --Parameters:{name}=..., the environment variable Parameters__{name.Replace('-', '_')} or 'dotnet user-secrets set Parameters:{name} ...'.");
