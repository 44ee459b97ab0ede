using System.Text.Json.Serialization;

namespace Waiide.Gateway.Api;

/// <summary>What endpoints take, and what the compiler asks for to make them.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(WorkbenchReady.Times))]
[JsonSerializable(typeof(object))]
internal sealed partial class ApiJson : JsonSerializerContext;
