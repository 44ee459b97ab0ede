using System.Globalization;
using Waiide.Gateway.Hub;

namespace Waiide.Gateway.Doctor;

/// <summary>
/// "Waiide.Gateway doctor": looks at every hop from inside, in the environment that the server has, and says for each failure which line to change.
/// It listens nowhere, holds no lock and writes nothing, so that it may run beside the gateway, or before it.
/// </summary>
internal static class Examination
{
    private const string Usage = "Usage: Waiide.Gateway doctor [--json] [--front https://hub.example.org] [--quiet 70]";

    /// <summary>What was asked for on the command line.</summary>
    internal sealed record Request(bool Json, Uri? Front, TimeSpan Quiet);

    /// <summary>Examines and prints; 1 where something has failed, else 0.</summary>
    internal static async Task<int> RunAsync(string[] arguments)
    {
        if (Parse(arguments) is not { } request)
        {
            Console.Error.WriteLine(Usage);
            return 1;
        }

        var findings = new List<Finding>();
        GatewayOptions? options = null;
        try
        {
            options = new GatewayOptionsReader(new ConfigurationBuilder().AddEnvironmentVariables().Build()).Read();
            findings.AddRange(options.Warnings.Select(warning => new Finding(Checks.Settings, Verdict.Warning, warning)));
            if (options.Warnings.Count == 0)
            {
                findings.Add(Finding.Ok(Checks.Settings, "Every setting can be used."));
            }
        }
        catch (CannotStartException mistake)
        {
            findings.AddRange(mistake.Mistakes.Select(sentence => new Finding(Checks.Settings, Verdict.Failure, sentence)));
        }

        // The other checks follow from the settings; what they would say of wrong ones leads astray.
        var report = new Report(options, request.Json);
        report.Add(findings);
        if (options is not null)
        {
            await foreach (var finding in LookAsync(options, request))
            {
                report.Add([finding]);
            }
        }

        return report.Finish();
    }

    private static async IAsyncEnumerable<Finding> LookAsync(GatewayOptions options, Request request)
    {
        using var hub = new Dial(HubClient.Handler(options));
        using var near = new Dial(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false });
        if (options.Hub is not null)
        {
            await foreach (var finding in HubChecks.LookAsync(options, hub))
            {
                yield return finding;
            }

            foreach (var finding in AgreementChecks.Look(options))
            {
                yield return finding;
            }
        }

        await foreach (var finding in GatewayChecks.LookAsync(options, near))
        {
            yield return finding;
        }

        await foreach (var finding in FrontChecks.LookAsync(options, request, near))
        {
            yield return finding;
        }

        foreach (var finding in await MachineChecks.LookAsync(options))
        {
            yield return finding;
        }
    }

    private static Request? Parse(string[] arguments)
    {
        var request = new Request(false, null, TimeSpan.Zero);
        for (var i = 0; i < arguments.Length; i++)
        {
            var value = i + 1 < arguments.Length ? arguments[i + 1] : "";
            switch (arguments[i])
            {
                case "--json":
                    request = request with { Json = true };
                    break;
                case "--front" when Uri.TryCreate(value, UriKind.Absolute, out var front) && front.Scheme is "http" or "https":
                    (request, i) = (request with { Front = front }, i + 1);
                    break;
                case "--quiet" when int.TryParse(value.TrimEnd('s'), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and <= 86400:
                    (request, i) = (request with { Quiet = TimeSpan.FromSeconds(seconds) }, i + 1);
                    break;
                default:
                    return null;
            }
        }

        return request;
    }
}
