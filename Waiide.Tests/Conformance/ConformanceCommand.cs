namespace Waiide.Tests.Conformance;

/// <summary>dotnet run --project Waiide.Tests -- conformance: replays the recordings and prints what matched.</summary>
internal static class ConformanceCommand
{
    public const string Usage = "conformance [--profile 3.0|5.5] [--hub real] [--verbose]    replays the recordings of real hubs against ours and prints a table";

    public static async Task<int> RunAsync(string[] arguments)
    {
        var profiles = new List<string>();
        var verbose = false;
        Func<string, Patience, Task<LabHub>> hub = LabHub.OursAsync;
        for (var i = 0; i < arguments.Length; i++)
        {
            switch (arguments[i])
            {
                case "--verbose":
                    verbose = true;
                    break;
                case "--hub" when i + 1 < arguments.Length && arguments[i + 1] == "real":
                    hub = LabHub.RealAsync; // Of whatever version is installed: it shows what the runner itself gets wrong.
                    i++;
                    break;
                case "--profile" when i + 1 < arguments.Length && arguments[i + 1] is "3.0" or "5.5":
                    profiles.Add(arguments[++i]);
                    break;
                default:
                    Console.Error.WriteLine($"'{arguments[i]}' is not understood. Usage: {Usage}");
                    return 2;
            }
        }

        var different = 0;
        foreach (var profile in profiles.Count > 0 ? profiles : ["3.0", "5.5"])
        {
            var results = await Replay.AllAsync(profile, hub);
            Report.Print(profile, results, verbose);
            different += results.Count(result => !result.Matches);
        }

        return different == 0 ? 0 : 1;
    }
}
