using System.Text.Json.Serialization;

namespace Waiide.Gateway.Api;

/// <summary>What {prefix}api says of this server, and all that it says under a hub.</summary>
internal sealed record VersionAnswer(string Version);

/// <summary>What is needed at the start, by a hub that polls or by an endpoint that is made: written by the compiler, since by reflection it takes a tenth of the start. The rest is left to reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(VersionAnswer))]
[JsonSerializable(typeof(WorkbenchReady.Times))]
[JsonSerializable(typeof(object))]
internal sealed partial class ApiJson : JsonSerializerContext;
