using System.Collections;

namespace Waiide.AppHost;

/// <summary>Settings and secrets that this process was started with, taken out of its environment, which all its children inherit: the IDE, its terminals and the scripts of npm as well.</summary>
internal sealed class InheritedVariables
{
    private const string OfTheHub = "HUB__", OfTelemetry = "OTEL_";

    // Of the AppHost and its dashboard, which have them in the configuration; what is for the hub, and for all that send telemetry.
    private static readonly string[] Taken = ["PARAMETERS__", "APPHOST__", "ASPIRE_DASHBOARD_", "DOTNET_DASHBOARD_", "DASHBOARD__", OfTheHub, OfTelemetry];

    private readonly List<(string Name, string Value)> _taken = [];

    /// <summary>Takes them; what reads the environment into a configuration has to have done it before.</summary>
    public static InheritedVariables Take()
    {
        var inherited = new InheritedVariables();
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            var name = (string)variable.Key;
            if (Taken.Any(prefix => IsOf(prefix, name)))
            {
                inherited._taken.Add((name, (string?)variable.Value ?? ""));
                Environment.SetEnvironmentVariable(name, null);
            }
        }

        return inherited;
    }

    public void GiveToHub(IResourceBuilder<ProjectResource> hub) => Give(hub, OfTheHub, OfTelemetry);

    public void GiveToGateway(IResourceBuilder<ProjectResource> gateway) => Give(gateway, OfTelemetry);

    // As inheriting them would: what the model says wins.
    private void Give(IResourceBuilder<ProjectResource> project, params string[] prefixes) => project.WithEnvironment(context =>
    {
        if (context.ExecutionContext.IsRunMode)
        {
            foreach (var (name, value) in _taken.Where(variable => prefixes.Any(prefix => IsOf(prefix, variable.Name))))
            {
                context.EnvironmentVariables.TryAdd(name, value);
            }
        }
    });

    private static bool IsOf(string prefix, string name) => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase);
}
