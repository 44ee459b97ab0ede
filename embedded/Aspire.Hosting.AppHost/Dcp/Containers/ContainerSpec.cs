using System.Collections.Immutable;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Dcp.Containers;

/// <summary>Everything that decides what a container is; the same spec finds the same persistent container again.</summary>
internal sealed record ContainerSpec(
    string Name,
    string Image,
    string ImageId,
    string? Entrypoint,
    ImmutableArray<string> Arguments,
    IReadOnlyDictionary<string, string> Variables,
    ImmutableArray<string> Mounts,
    ImmutableArray<string> Ports,
    ImmutableArray<string> RuntimeArguments,
    string Network,
    ImmutableArray<string> Aliases,
    ImmutableArray<string> Hosts,
    byte[]? Files)
{
    /// <summary>A digest of all of it; secrets cannot be read from it.</summary>
    public string Hash { get; } = Digest([
        Image, ImageId, Entrypoint ?? "", .. Arguments, "", .. Variables.OrderBy(variable => variable.Key, StringComparer.Ordinal).SelectMany(variable => (string[])[variable.Key, variable.Value]), "",
        .. Mounts, "", .. Ports, "", .. RuntimeArguments, "", Network, .. Aliases, "", .. Hosts, "", Convert.ToHexStringLower(SHA256.HashData(Files ?? []))]);

    /// <summary>The arguments of "create". Values of variables are not among them: every user of the machine may read a command line.</summary>
    public IReadOnlyList<string> CreateArguments(IEnumerable<string> labels, IEnumerable<string> variableArguments) =>
    [
        "create",
        "--name", Name,
        "--pull", "never",
        "--restart", "no",
        "--network", Network,
        .. Aliases.SelectMany(alias => (string[])["--network-alias", alias]),
        .. Hosts.SelectMany(host => (string[])["--add-host", host]),
        .. labels.SelectMany(label => (string[])["--label", label]),
        .. Ports.SelectMany(port => (string[])["--publish", port]),
        .. Mounts.SelectMany(mount => (string[])["--mount", mount]),
        .. variableArguments,
        .. Entrypoint is null ? [] : (string[])["--entrypoint", Entrypoint],
        .. RuntimeArguments,
        Image,
        .. Arguments,
    ];

    /// <summary>type=bind,source=/here,target=/there,readonly</summary>
    public static string MountOf(ContainerMountAnnotation mount) => string.Join(',', ((string?[])
    [
        mount.Type == ContainerMountType.Volume ? "type=volume" : "type=bind",
        mount.Source is null ? null : $"source={mount.Source}",
        $"target={mount.Target}",
        mount.IsReadOnly ? "readonly" : null,
    ]).OfType<string>());

    /// <summary>127.0.0.1:28156:8080, or 127.0.0.1::8080 where the engine chooses.</summary>
    public static string PortOf(PublishedPort port) => $"{port.Address}:{port.HostPort}:{port.TargetPort}{(port.Protocol == ProtocolType.Udp ? "/udp" : "")}";

    private static string Digest(IEnumerable<string> parts) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(parts))));
}
