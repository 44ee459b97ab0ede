using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Docker;
using Aspire.Hosting.Testing;
using Waiide.Tests.Support;

namespace Waiide.Tests.Hosting.Publish;

/// <summary>An application that a test describes, published into a folder of its own.</summary>
internal sealed class Published : IAsyncDisposable
{
    private readonly TempDirectory _folder = new();
    private readonly StubAppHost _host;

    private Published(params string[] arguments) => _host = StubAppHost.Describe([.. arguments, "--output-path", _folder.Path]);

    public IDistributedApplicationTestingBuilder Builder => _host.Builder;

    public string Folder => _folder.Path;

    public IEnumerable<string> Logged => _host.Logged;

    /// <summary>As a compose file; the environment is there already.</summary>
    public static Published AsCompose(Action<IResourceBuilder<DockerComposeEnvironmentResource>>? configure = null, params string[] arguments)
    {
        var published = new Published([.. arguments, "--operation", "publish", "--step", "publish"]);
        configure ??= static compose => compose.WithDashboard(false);
        configure(published.Builder.AddDockerComposeEnvironment("compose"));
        return published;
    }

    public static Published AsManifest(params string[] arguments) => new([.. arguments, "--publisher", "manifest"]);

    public Task PublishAsync() => _host.StartAsync();

    public async Task<IReadOnlyList<string>> ComposeAsync()
    {
        await PublishAsync();
        return Ordered.Yaml(Read("docker-compose.yaml"));
    }

    public async Task<IReadOnlyList<string>> ManifestAsync()
    {
        await PublishAsync();
        return Ordered.Json(Read("aspire-manifest.json"));
    }

    public string Read(string file) => File.ReadAllText(Path.Combine(Folder, file));

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _folder.Dispose();
    }
}
