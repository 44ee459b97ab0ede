using System.Globalization;

namespace Waiide.Gateway.Proxy;

/// <summary>Where a request under the prefix goes, decided from its raw target alone: the IDE server, or a server of the user's on a port of the IDE's machine.</summary>
internal abstract record ProxyRoute
{
    /// <summary>To the IDE server, which sees <paramref name="Target"/>.</summary>
    internal sealed record Ide(string Target) : ProxyRoute;

    /// <summary>To the port <paramref name="Port"/>, by way of the IDE server's own port proxy.</summary>
    internal sealed record ToPort(ushort Port, string Target) : ProxyRoute;

    /// <summary>/proxy/8071, which is a folder: relative addresses in its pages need the slash at the end.</summary>
    internal sealed record AddSlash(string Location) : ProxyRoute;

    /// <summary>Nothing to be reached; the sentence says why.</summary>
    internal sealed record Refused(int Status, string Sentence) : ProxyRoute;

    internal static ProxyRoute Of(string target, GatewayOptions options, int? idePort)
    {
        var path = RawTarget.PathOf(target);
        var segments = path.TrimStart('/');
        var name = Uri.UnescapeDataString(Segment(segments));
        var isProxy = name.Equals("proxy", StringComparison.OrdinalIgnoreCase);
        if (!isProxy && !name.Equals("absproxy", StringComparison.OrdinalIgnoreCase))
        {
            return new Ide(target);
        }

        // However the IDE server would have read it: behind these names there is a port in plain digits, or nothing.
        var rest = segments[Segment(segments).Length..].TrimStart('/');
        var digits = Segment(rest);
        if (PortOf(digits) is not { } port)
        {
            return new Refused(StatusCodes.Status400BadRequest, "After /proxy/ comes a port: a number from 1 to 65535.");
        }

        if (isProxy && port == (options.VscodePort ?? DefaultIdePort))
        {
            return rest.Length == digits.Length
                ? new AddSlash(string.Concat(digits, "/", target.AsSpan(path.Length)))
                : Of(string.Concat(rest[digits.Length..], target.AsSpan(path.Length)), options, idePort); // The IDE server would read /proxy/ there as well as here.
        }

        return WhyNot(port, options, idePort) is { } sentence ? new Refused(StatusCodes.Status403Forbidden, sentence) : new ToPort(port, target);
    }

    /// <summary>The port by which the IDE is known to users (/proxy/8071/), wherever it really listens.</summary>
    private const int DefaultIdePort = 8071;

    // A request for the gateway's own port would come back here for ever; the hub's and the IDE's answer whoever reaches them over loopback.
    private static string? WhyNot(ushort port, GatewayOptions options, int? idePort)
    {
        if (port == options.Port || port == options.HubSidePort)
        {
            return $"Port {port} is this gateway's own.";
        }

        if (port == options.Hub?.ApiUrl.Port)
        {
            return $"Port {port} is the hub's.";
        }

        return port == idePort || port == options.VscodePort || port == DefaultIdePort && options.VscodePort is null ? $"Port {port} is the IDE server's, which is at {options.Prefix}" : null;
    }

    private static ReadOnlySpan<char> Segment(ReadOnlySpan<char> path) => path.IndexOf('/') is >= 0 and var end ? path[..end] : path;

    // ASCII digits and nothing else: char.IsDigit and int.Parse know more of them ("٨٠٧١", "+8071", " 8071").
    private static ushort? PortOf(ReadOnlySpan<char> text) =>
        text.Length is > 0 and <= 5 && text[0] != '0' && !text.ContainsAnyExceptInRange('0', '9')
            && ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            ? port
            : null;
}
