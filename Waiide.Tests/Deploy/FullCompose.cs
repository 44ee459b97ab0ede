using System.Globalization;
using Waiide.Tests.Support;

namespace Waiide.Tests.Deploy;

/// <summary>deploy/compose/full.yaml, filled and carried up by the commands of docs/compose.md for the first test, on ports and a network that were free.</summary>
public sealed class FullCompose : IAsyncLifetime
{
    private Task? _boot;

    internal ComposeProject Project { get; private set; } = null!;

    internal int HttpsPort { get; private set; }

    internal int HttpPort { get; private set; }

    internal int DashboardPort { get; private set; }

    internal Uri Site => new($"https://localhost:{HttpsPort.ToString(CultureInfo.InvariantCulture)}/");

    internal Uri Dashboard => new($"http://localhost:{DashboardPort.ToString(CultureInfo.InvariantCulture)}/");

    internal string Authority => Path.Combine(Project.Folder, "certificates", "ca.crt");

    public Task InitializeAsync() => Task.CompletedTask;

    internal Task BootAsync() => _boot ??= BootOnceAsync();

    /// <summary>A value of .env.</summary>
    internal string Value(string name) => File.ReadLines(Path.Combine(Project.Folder, ".env")).Single(line => line.StartsWith(name + "=", StringComparison.Ordinal)).Split('=', 2)[1];

    public async Task DisposeAsync()
    {
        if (Project is not null)
        {
            await Project.DisposeAsync();
        }
    }

    private async Task BootOnceAsync()
    {
        Project = await ComposeProject.OfAsync("full.yaml", isApart: false);
        var environment = Path.Combine(Project.Folder, ".env");
        var images = await Podman.OutputAsync("sh", "deploy/images", "--without-registry", "front", "hub", "gateway", "ide", "dashboard");
        // Not 443, 80 and 18888, which others may have. Chosen after the images, which may take minutes.
        (HttpsPort, HttpPort, DashboardPort) = (Ports.Free(), Ports.Free(), Ports.Free());
        await File.WriteAllLinesAsync(environment,
        [
            .. File.ReadLines(Path.Combine(Project.Folder, "full.env")).Where(line => line.Split('=')[0] is not ("HTTPS_PORT" or "HTTP_PORT")),
            $"HTTPS_PORT={HttpsPort}", $"HTTP_PORT={HttpPort}", $"DASHBOARD_PORT={DashboardPort}",
            $"SERVERS_NETWORK=10.{Random.Shared.Next(200, 250)}.{Random.Shared.Next(256)}.0/29",
        ]);
        await Podman.OutputAsync("sh",
        [
            "deploy/fill-env", environment,
            .. Lines(images),
            .. Lines(await Podman.OutputAsync("sh", "deploy/certificate", Path.Combine(Project.Folder, "certificates"), "localhost")),
            $"PUBLIC_URL={Site.GetLeftPart(UriPartial.Authority)}",
        ]);
        await Project.UpAsync();
        foreach (var service in (string[])["hub", "ide", "gateway", "front", "dashboard"])
        {
            // Where there is no systemd podman looks only when it is asked.
            await Eventually.Is(async () => await Project.IsHealthyAsync(service), $"{service} is healthy");
        }
    }

    private static string[] Lines(string output) => output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
