using System.Globalization;
using System.Text.RegularExpressions;
using Waiide.Tests.Support;

namespace Waiide.Tests.Security;

/// <summary>One line of "Waiide.Gateway endpoints", and addresses that lead to it.</summary>
internal sealed partial record EndpointRow(string Methods, string Pattern, string Who)
{
    /// <summary>How the list says that an endpoint needs no credential.</summary>
    public const string Anyone = "anyone";

    /// <summary>Every method that HTTP knows, and two that it does not.</summary>
    public static readonly string[] AllMethods = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "PROPFIND", "get"];

    /// <summary>What a catch-all at the root catches: the IDE, its sockets, and ports.</summary>
    private static readonly string[] Everything = ["", "x", "stable-1/static/x.js", "proxy/8071/", "proxy/3000/ws", "absproxy/3000/ws", "health/x", "version"];

    public bool IsForAnyone => Who == Anyone;

    /// <summary>Paths under the prefix, with values in the place of parameters.</summary>
    public IEnumerable<string> Targets
    {
        get
        {
            var caught = Pattern.StartsWith("/{*", StringComparison.Ordinal) ? Everything : ["none/at/all"];
            return caught.Select(rest => Parameter().Replace(Pattern, match => match.Value.StartsWith("{*", StringComparison.Ordinal) ? rest : "3000")).Distinct();
        }
    }

    /// <summary>Asks the program itself.</summary>
    public static async Task<IReadOnlyList<EndpointRow>> PrintedAsync(StubHub? hub)
    {
        using var data = new TempDirectory();
        var port = Ports.Free();
        var environment = hub?.Environment(port) ?? new Dictionary<string, string> { ["WAIIDE_TOKEN"] = RunningGateway.Token };
        environment["PORT"] = port.ToString(CultureInfo.InvariantCulture);
        environment["WAIIDE_DATA_DIR"] = data.Path;
        environment["WAIIDE_IDE_URL"] = "http://127.0.0.1:9/";
        await using var process = ChildProcess.StartDotnet("Waiide.Gateway.dll", environment, "endpoints");
        Assert.Equal(0, await process.WaitForExit());
        return [.. process.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Parse)];
    }

    // "GET,HEAD   /api/status                  anyone"
    private static EndpointRow Parse(string line) =>
        line.Split(' ', 3, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is [var methods, var pattern, var who]
            ? new EndpointRow(methods, pattern, who)
            : throw new FormatException($"Not a line of the endpoint list: {line}");

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Parameter();
}
