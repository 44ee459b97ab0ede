using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Publishing;

/// <summary>What the AppHost was asked to do, from its switches: publish or run, which step, where to.</summary>
internal sealed partial class PipelineOptions
{
    /// <summary>The AppHost's switches and the configuration keys that they set.</summary>
    private static readonly Dictionary<string, string> Switches = new()
    {
        ["--operation"] = "AppHost:Operation",
        ["--publisher"] = "Publishing:Publisher",
        ["--step"] = "Pipeline:Step",
        ["--list-steps"] = "Pipeline:ListSteps",
        ["--output-path"] = "Pipeline:OutputPath",
        ["--log-level"] = "Pipeline:LogLevel",
        ["--include-exception-details"] = "Pipeline:IncludeExceptionDetails",
        ["--clear-cache"] = "Pipeline:ClearCache",
        ["--yes"] = "Pipeline:Yes",
        ["--dcp-cli-path"] = "DcpPublisher:CliPath",
        ["--dcp-container-runtime"] = "DcpPublisher:ContainerRuntime",
        ["--dcp-dependency-check-timeout"] = "DcpPublisher:DependencyCheckTimeout",
        ["--dcp-dashboard-path"] = "DcpPublisher:DashboardPath",
    };

    /// <summary>Those that stand alone.</summary>
    private static readonly HashSet<string> Flags = ["--list-steps", "--include-exception-details", "--clear-cache", "--yes"];

    /// <summary>Switches of the host that look as ours do.</summary>
    private static readonly HashSet<string> OfTheHost = ["--environment", "--urls"];

    private readonly List<string> _mistakes = [];

    public DistributedApplicationOperation Operation { get; private set; }

    public string? Step { get; private set; }

    public bool ListSteps { get; private set; }

    public string? OutputPath { get; private set; }

    public LogLevel? LogLevel { get; private set; }

    public bool IncludeExceptionDetails { get; private set; }

    /// <summary>Arguments in the form that configuration understands, where every switch has a value: "--yes" is "--yes=true".</summary>
    public static string[] Normalize(string[] args) =>
        [.. args.Select((arg, i) => Flags.Contains(arg) && !bool.TryParse(args.ElementAtOrDefault(i + 1), out _) ? $"{arg}=true" : arg)];

    /// <summary>Adds the switches to the configuration and reads what they say.</summary>
    public static PipelineOptions Read(ConfigurationManager configuration, string[] args)
    {
        var options = new PipelineOptions();
        configuration.AddCommandLine(args, Switches);
        options.ReadFrom(configuration);
        if (options.Operation == DistributedApplicationOperation.Publish)
        {
            options.RefuseUnknown(args);
        }

        return options;
    }

    /// <summary>Fails with every mistake at once; not before the application runs, so that the AppHost's own code is not in the middle of something.</summary>
    public void ThrowIfMistaken()
    {
        if (_mistakes.Count > 0)
        {
            throw new DistributedApplicationException(string.Join(Environment.NewLine, _mistakes));
        }
    }

    private void ReadFrom(ConfigurationManager configuration)
    {
        Step = NotEmpty(configuration["Pipeline:Step"]);
        OutputPath = NotEmpty(configuration["Pipeline:OutputPath"]);
        ListSteps = configuration.GetValue("Pipeline:ListSteps", false);
        IncludeExceptionDetails = configuration.GetValue("Pipeline:IncludeExceptionDetails", false);

        // azd asks for the manifest with nothing but "--publisher manifest".
        var publisher = NotEmpty(configuration["Publishing:Publisher"]);
        if (publisher is not null && !publisher.Equals("manifest", StringComparison.OrdinalIgnoreCase))
        {
            _mistakes.Add($"'{publisher}' is no publisher: use --publisher manifest, or --operation publish --step publish.");
        }

        var operation = NotEmpty(configuration["AppHost:Operation"]);
        Operation = operation?.ToUpperInvariant() switch
        {
            null => publisher is null ? DistributedApplicationOperation.Run : DistributedApplicationOperation.Publish,
            "RUN" => DistributedApplicationOperation.Run,
            _ => DistributedApplicationOperation.Publish, // Also where it is neither: nothing must start.
        };
        if (operation is not null && !Enum.TryParse<DistributedApplicationOperation>(operation, ignoreCase: true, out _))
        {
            _mistakes.Add($"'{operation}' is no operation: use --operation run or --operation publish.");
        }

        if (Operation == DistributedApplicationOperation.Publish && publisher is not null)
        {
            Step ??= WellKnownSteps.PublishManifest;
        }

        if (Operation == DistributedApplicationOperation.Run && (Step is not null || ListSteps))
        {
            _mistakes.Add("A step is done when the application is published: add --operation publish.");
        }

        if (NotEmpty(configuration["Pipeline:LogLevel"]) is { } level)
        {
            LogLevel = Enum.TryParse<LogLevel>(level, ignoreCase: true, out var known) ? known : null;
            if (LogLevel is null)
            {
                _mistakes.Add($"'{level}' is no log level: use --log-level with one of {string.Join(", ", Enum.GetNames<LogLevel>())}.");
            }
        }
    }

    // Settings may have any name (--App:Port=1, --APP_HOME=2); what looks like a switch and is none, or stands alone, is a slip by which something else would be published.
    private void RefuseUnknown(string[] args)
    {
        var unknown = new List<string>();
        for (var i = 0; i < args.Length; i++)
        {
            var name = args[i].Split('=')[0];
            if (!Setting().IsMatch(args[i]) || Switch().IsMatch(name) && !Switches.ContainsKey(name) && !OfTheHost.Contains(name))
            {
                unknown.Add($"'{name}'");
            }

            if (!args[i].Contains('=', StringComparison.Ordinal) && args[i].StartsWith("--", StringComparison.Ordinal))
            {
                i++; // Its value.
            }
        }

        if (unknown.Count > 0)
        {
            var known = Switches.Keys.Where(name => !name.StartsWith("--dcp", StringComparison.Ordinal)).Append("--environment");
            _mistakes.Add($"{string.Join(", ", unknown)}: no such option of publishing. There are {string.Join(", ", known)}, and settings such as --Parameters:name=value.");
        }
    }

    private static string? NotEmpty(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;

    // --name, --name=value, name=value
    [GeneratedRegex("^(--.|[^-/=][^=]*=)")]
    private static partial Regex Setting();

    [GeneratedRegex("^--[a-z]+(-[a-z]+)*$")]
    private static partial Regex Switch();
}
