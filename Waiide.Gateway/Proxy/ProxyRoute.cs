using System.Globalization;

namespace Waiide.Gateway.Proxy;

/// <summary>Where a request under the prefix goes, decided from its raw target alone: the IDE server, or a server of the user's on a port of the IDE's machine.</summary>
internal abstract record ProxyRoute
{
    /// <summary>To the IDE server, which sees <paramref name="Target"/>.</summary>
    internal sealed record Ide(string Target) : ProxyRoute;

    /// <summary>To a server of the user's, which sees <paramref name="Target"/>.</summary>
    internal sealed record ToPort(DevServer Server, string Target) : ProxyRoute;

    /// <summary>/proxy/3000, which is a folder: relative addresses in its pages need the slash at the end, and cookies would otherwise be its neighbours' too.</summary>
    internal sealed record AddSlash(string Location) : ProxyRoute;

    /// <summary>Nothing to be reached; the sentence says why.</summary>
    internal sealed record Refused(int Status, string Sentence) : ProxyRoute;

    /// <param name="target">What follows the prefix.</param>
    /// <param name="options">The ports that are refused, and the IDE's well-known one.</param>
    /// <param name="idePort">Where the IDE listens now, if on a port.</param>
    internal static ProxyRoute Of(string target, GatewayOptions options, int? idePort) => Of(target, options, idePort, options.Prefix, isBelowIde: false);

    /// <summary>The port that <paramref name="text"/> names: ASCII digits and nothing else. char.IsDigit and int.Parse know more of them ("٨٠٧١", "+8071", " 8071").</summary>
    internal static ushort? PortOf(ReadOnlySpan<char> text) =>
        text.Length is > 0 and <= 5 && text[0] != '0' && !text.ContainsAnyExceptInRange('0', '9')
            && ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            ? port
            : null;

    private static ProxyRoute Of(string target, GatewayOptions options, int? idePort, string prefix, bool isBelowIde)
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
        var rest = After(segments);
        var mount = isProxy ? "proxy/" : "absproxy/";
        var seesBase = !isProxy;
        if (isProxy && Segment(rest) is "absolute")
        {
            // As jupyter-server-proxy calls it.
            rest = After(rest);
            mount = "proxy/absolute/";
            seesBase = true;
        }

        var digits = Segment(rest);
        if (PortOf(digits) is not { } port)
        {
            return new Refused(StatusCodes.Status400BadRequest, "After /proxy/ comes a port: a number from 1 to 65535.");
        }

        var @base = string.Create(CultureInfo.InvariantCulture, $"{prefix}{mount}{port}/");
        var isIde = !seesBase && port == options.WellKnownIdePort;
        if (!isIde && !options.AllComponents)
        {
            return new Refused(StatusCodes.Status404NotFound, LeftOut.Sentence);
        }

        if (!isIde && RefusedPorts.WhyNot(port, options, idePort) is { } sentence)
        {
            return new Refused(StatusCodes.Status403Forbidden, sentence);
        }

        if (isIde && isBelowIde)
        {
            // One level is VS Code's own doing, in its list of ports. More is nobody's, and each would cost a copy of all that follows it.
            return new Refused(StatusCodes.Status400BadRequest, $"Port {port} is the IDE, and this address is below it already.");
        }

        if (rest.Length == digits.Length)
        {
            return new AddSlash(string.Concat(digits, "/", target.AsSpan(path.Length)));
        }

        var below = string.Concat(rest[digits.Length..], target.AsSpan(path.Length));
        return isIde
            ? Of(below, options, idePort, @base, isBelowIde: true) // The IDE server would read /proxy/ there as well as here.
            : new ToPort(new DevServer(port, @base, seesBase), seesBase ? string.Concat(@base, below.AsSpan(1)) : below);
    }

    private static ReadOnlySpan<char> Segment(ReadOnlySpan<char> path) => path.IndexOf('/') is >= 0 and var end ? path[..end] : path;

    private static ReadOnlySpan<char> After(ReadOnlySpan<char> path) => path[Segment(path).Length..].TrimStart('/');
}
