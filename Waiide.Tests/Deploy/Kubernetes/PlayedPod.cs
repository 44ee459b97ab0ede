using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Waiide.Tests.Support;

namespace Waiide.Tests.Deploy.Kubernetes;

/// <summary>The pod of the restricted overlay, run by podman. It knows Deployments, claims and, as secrets of its own, the token; who else may come and go is for a cluster.</summary>
internal sealed class PlayedPod : IAsyncDisposable
{
    public const string Token = "token-of-the-tests-of-the-pod";

    private readonly TempDirectory _directory = new();
    private readonly int _port = Ports.Free();
    private readonly string _prefix = $"waiidetest{Guid.NewGuid():N}"[..18];
    private JsonObject _deployment = null!;
    private JsonObject _claim = null!;
    private JsonObject _secret = null!;

    private PlayedPod()
    {
    }

    /// <summary>The name of the volume that is the claim.</summary>
    public string Volume => $"{_prefix}-waiide-home";

    private string Container => $"{_prefix}-waiide-pod-0-waiide";

    /// <summary>Renders the overlay with the image that was built here, for names of its own and a port of this machine.</summary>
    public static async Task<PlayedPod> RenderAsync()
    {
        Prerequisites.Need("catatonit");
        var image = (await WaiideContainer.ImageAsync()).Split(':');
        var pod = new PlayedPod();
        using var templates = new Templates("restricted", "standard", Token);
        templates.Edit(text => text.Replace("newTag: latest", $"newName: {image[0]}\n  newTag: \"{image[1]}\"", StringComparison.Ordinal) + $"namePrefix: {pod._prefix}-\n");
        var objects = await templates.ObjectsAsync();
        JsonObject Of(string kind) => objects.Single(it => it.Text("kind") == kind);
        (pod._deployment, pod._claim, pod._secret) = (Of("Deployment"), Of("PersistentVolumeClaim"), Of("Secret"));
        var door = pod._deployment.At("spec.template.spec.containers.0.ports.0")!;
        (door["hostIP"], door["hostPort"]) = ("127.0.0.1", pod._port);
        return pod;
    }

    /// <summary>The same, with the token in place and the claim granted, and waits until its IDE can be used.</summary>
    public static async Task<PlayedPod> StartAsync()
    {
        var pod = await RenderAsync();
        try
        {
            // podman 4 keeps the data of a Secret as JSON, and makes that of no Secret itself.
            var data = Path.Combine(pod._directory.Path, "secret.json");
            await File.WriteAllTextAsync(data, pod._secret["data"]!.ToJsonString());
            await Podman.OutputAsync("podman", "secret", "create", pod._secret.Text("metadata.name")!, data);
            await Podman.OutputAsync("podman", "play", "kube", await pod.FileAsync("claim.yaml", pod._claim));
            await pod.UpAsync();
            return pod;
        }
        catch
        {
            await pod.DisposeAsync();
            throw;
        }
    }

    public async Task UpAsync()
    {
        var (code, output, error) = await PlayAsync();
        Assert.True(code == 0, output + error);
        await Eventually.Is(
            async () =>
            {
                using var http = new HttpClient();
                try
                {
                    return (await http.GetAsync(Address("health"))).IsSuccessStatusCode;
                }
                catch (HttpRequestException)
                {
                    return false; // The pod's network answers before its process does.
                }
            },
            "the pod is healthy");
    }

    /// <summary>Runs the Deployment and does not wait for it.</summary>
    public async Task<(int Code, string Output, string Error)> PlayAsync() => await Podman.RunAsync("podman", "play", "kube", await FileAsync("deployment.yaml", _deployment));

    public async Task DownAsync() => await Podman.OutputAsync("podman", "play", "kube", "--down", await FileAsync("deployment.yaml", _deployment));

    public Uri Address(string path) => new($"http://127.0.0.1:{_port.ToString(CultureInfo.InvariantCulture)}/{path}");

    /// <summary>The answer to somebody with a token, or without one.</summary>
    public async Task<HttpResponseMessage> AskAsync(string path, string? token = null, string? scheme = null)
    {
        using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false });
        using var request = new HttpRequestMessage(HttpMethod.Get, Address(path));
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("token", token);
        if (scheme is not null)
        {
            request.Headers.Add("X-Forwarded-Proto", scheme);
        }

        return await http.SendAsync(request);
    }

    /// <summary>What a line of shell prints in the container.</summary>
    public async Task<string> ShellAsync(string line) => (await Podman.OutputAsync("podman", "exec", Container, "sh", "-c", line)).Trim();

    public async Task<string> InspectAsync(string template) => (await Podman.OutputAsync("podman", "inspect", "--format", template, Container)).Trim();

    /// <summary>Whether the container runs; it may not even be there.</summary>
    public async Task<bool> IsRunningAsync() => (await Podman.OutputAsync("podman", "ps", "--filter", $"name={Container}", "--format", "{{.Names}}")).Length > 0;

    public async ValueTask DisposeAsync()
    {
        await Podman.RunAsync("podman", "pod", "rm", "--force", "--ignore", $"{_prefix}-waiide-pod-0");
        await Podman.RunAsync("podman", "volume", "rm", "--force", Volume);
        await Podman.RunAsync("podman", "secret", "rm", _secret.Text("metadata.name")!);
        _directory.Dispose();
    }

    private async Task<string> FileAsync(string name, JsonObject content)
    {
        var file = Path.Combine(_directory.Path, name);
        await File.WriteAllTextAsync(file, content.ToJsonString());
        return file;
    }
}
