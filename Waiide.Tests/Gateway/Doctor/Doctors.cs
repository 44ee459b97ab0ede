using System.Text.Json;
using System.Text.Json.Nodes;
using Waiide.Tests.Support;

namespace Waiide.Tests.Gateway.Doctor;

/// <summary>What "Waiide.Gateway doctor" says in an environment.</summary>
internal sealed record Doctors(int ExitCode, string Output)
{
    internal sealed record Row(string Check, string Verdict, string Message, string? Fix);

    public IReadOnlyList<Row> Findings { get; } = Parse(Output);

    public static async Task<Doctors> SayAsync(IEnumerable<KeyValuePair<string, string>> environment, params string[] arguments)
    {
        await using var process = ChildProcess.StartDotnet("Waiide.Gateway.dll", environment.ToDictionary(), ["doctor", "--json", .. arguments]);
        return new Doctors(await process.WaitForExit(TimeSpan.FromSeconds(60)), process.Output);
    }

    public Row Of(string check) => Assert.Single(Findings, finding => finding.Check == check);

    private static Row[] Parse(string output) =>
        [.. JsonNode.Parse(output)!["findings"]!.AsArray().Select(finding => finding.Deserialize<Row>(JsonSerializerOptions.Web)!)];
}
