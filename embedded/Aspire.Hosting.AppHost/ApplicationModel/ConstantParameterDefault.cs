using System.Text.Json;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A default that is part of a published application.</summary>
internal interface IManifestDefault
{
    void WriteTo(Utf8JsonWriter json);
}

/// <summary>A value of the AppHost's own that is published as the default.</summary>
internal sealed class ConstantParameterDefault(Func<string> value) : ParameterDefault, IManifestDefault
{
    public override string GetDefaultValue() => value();

    public void WriteTo(Utf8JsonWriter json) => json.WriteString("value", value());
}
