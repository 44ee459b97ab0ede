using System.Text.Json.Serialization;

namespace Waiide.Gateway.Api;

/// <summary>What {prefix}api says of this server, and all that it says under a hub.</summary>
internal sealed record VersionAnswer(string Version);

/// <summary>Of the answer that a hub polls for at the start: made ready by the compiler, since reflection has a first answer wait for it.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(VersionAnswer))]
internal sealed partial class ApiJson : JsonSerializerContext;
