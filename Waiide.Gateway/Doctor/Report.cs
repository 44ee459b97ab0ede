using System.Text.Json;
using System.Text.Json.Nodes;

namespace Waiide.Gateway.Doctor;

/// <summary>Prints findings as they come, or all of them as one JSON object at the end; no secret of the settings gets through.</summary>
internal sealed class Report(GatewayOptions? options, bool asJson)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JsonAnswer.Readable };

    private readonly List<Finding> _findings = [];

    internal void Add(IEnumerable<Finding> findings)
    {
        foreach (var finding in findings.Select(finding => finding with { Message = Redacted(finding.Message), Fix = finding.Fix is { } fix ? Redacted(fix) : null }))
        {
            _findings.Add(finding);
            if (!asJson)
            {
                Console.WriteLine($"{Name(finding.Verdict),-8} {finding.Check,-16} {finding.Message}");
                if (finding.Fix is not null)
                {
                    Console.WriteLine($"{"",-8} {"  change:",-16} {finding.Fix}");
                }
            }
        }
    }

    /// <summary>Prints the sum; 1 where something has failed.</summary>
    internal int Finish()
    {
        var failures = _findings.Count(finding => finding.Verdict == Verdict.Failure);
        var warnings = _findings.Count(finding => finding.Verdict == Verdict.Warning);
        if (asJson)
        {
            var all = new JsonObject
            {
                ["version"] = CommandLine.Version,
                ["mode"] = options is null ? "unknown" : options.Hub is null ? "standalone" : "jupyterhub",
                ["prefix"] = options?.Prefix,
                ["ok"] = failures == 0,
                ["failures"] = failures,
                ["warnings"] = warnings,
                ["findings"] = _findings.ToJsonArray(finding => new JsonObject
                {
                    ["check"] = finding.Check,
                    ["verdict"] = Name(finding.Verdict),
                    ["message"] = finding.Message,
                    ["fix"] = finding.Fix,
                }),
            };
            Console.WriteLine(all.ToJsonString(Indented));
        }
        else
        {
            Console.WriteLine($"Waiide {CommandLine.Version}: {failures} failed, {warnings} to look at, {_findings.Count(finding => finding.Verdict == Verdict.Ok)} in order.");
        }

        return failures == 0 ? 0 : 1;
    }

    private string Redacted(string text)
    {
        foreach (var secret in new[] { options?.Hub?.ApiToken, options?.Token, options?.IdeHashedPassword })
        {
            text = string.IsNullOrEmpty(secret) ? text : text.Replace(secret, "[secret]", StringComparison.Ordinal);
        }

        return text;
    }

    private static string Name(Verdict verdict) => verdict.ToString().ToLowerInvariant();
}
