using System.Text.RegularExpressions;
using Waiide.Tests.Hosting.Publish;

namespace Waiide.Tests.Hosting.RunMode;

/// <summary>How a resource was started, as lines to compare, without what differs from run to run; the whole list of that is here.</summary>
internal static class Normal
{
    private static readonly (string What, Regex Pattern, string Replacement)[] Fields =
    [
        ("the folder of the solution", new(@$"{Regex.Escape(Sample.Folder)}|/src/waiide|/src/sample"), "<folder>"),
        ("the folder above a project file, which the recorded projects lacked", new(@"^(argument <folder>/)(?:(Waiide\.[\w.]+)/)?(Waiide\.[\w.]+\.csproj)$"), "$1$3"),
        ("the configuration that everything was built in", new("^argument (Debug|Release)$"), "argument <configuration>"),
        ("the id of a run", new(@"(?<=service\.instance\.id=)[a-z0-9]{8}$|(?<=^name (ide|front)-)[a-z0-9]{8}$"), "<id>"),
        ("the key of the dashboard", new("(?<=x-otlp-api-key=)[0-9a-f]{32}$"), "<key>"),
        ("gRPC there, HTTP with protobuf here", new("(?<=OTEL_EXPORTER_OTLP_PROTOCOL=)(grpc|http/protobuf)$"), "<protocol>"),
        ("private ports", new(@"(?<=ASPNETCORE_URLS=\S*localhost:)\d+"), "<private>"),
        ("the kept port of a persistent container", new(@"(?<=(?:IDE_HTTP|services__ide__http__0|Ide__Address)=http://localhost:)\d+$|(?<=^port )\d+(?=:8080$)"), "<kept>"),
        ("the port by which containers reach the host", new(@"(?<=GATEWAY_PORT=)\d+$"), "<tunnel>"),
    ];

    public static IEnumerable<string> Differences => Fields.Select(one => one.What);

    public static string Line(string line) => Fields.Aggregate(line, (now, one) => one.Pattern.Replace(now, one.Replacement));

    /// <summary>The process of a resource, which has this among its arguments.</summary>
    public static IEnumerable<string> Process(SampleRun run, string resource, string argument)
    {
        var process = run.Engine.Process(argument);
        string[] lines =
        [
            $"resource {resource}", $"command {process.Command}", $"folder {process.Folder}",
            .. process.Arguments.Select(it => $"argument {it}"), .. run.OwnVariables(process).Select(it => $"variable {it}"),
        ];
        return lines.Select(Line);
    }

    /// <summary>The container of a resource, from the arguments of "create".</summary>
    public static IEnumerable<string> Container(SampleRun run, string resource)
    {
        var asked = run.Engine.Container(resource)!;
        var (arguments, options) = (new List<string>(), new List<(string Name, string Value)>());
        foreach (var argument in asked["args"]!.AsArray().Select(it => (string)it!).Skip(1))
        {
            if (arguments.Count > 0 || (!argument.StartsWith("--", StringComparison.Ordinal) && options is not [.., (_, "")]))
            {
                arguments.Add(argument);
            }
            else if (options is [.., (var name, "")])
            {
                options[^1] = (name, argument);
            }
            else
            {
                options.Add((argument, ""));
            }
        }

        IEnumerable<string> Of(string name) => options.Where(option => option.Name == name).Select(option => option.Value);
        string[] lines =
        [
            $"resource {resource}", $"name {Of("--name").Single()}", $"image {arguments[0]}",
            .. Of("--mount").Select(mount => $"mount {mount}"),
            .. Of("--publish").Select(port => $"port {port["127.0.0.1:".Length..].TrimStart(':')}"), // To this machine alone.
            $"restart {Of("--restart").Single()}",
            .. Of("--network-alias").Select(alias => $"alias {alias}"),
            .. arguments.Skip(1).Select(it => $"argument {it}"),
            .. asked["variables"]!.AsArray().Select(it => $"variable {it}"),
            .. run.Engine.FilesOf(resource).Select(file => $"file {file}"),
        ];
        return lines.Select(Line);
    }
}
