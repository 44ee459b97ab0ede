using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Waiide.Tests.Support;

namespace Waiide.Tests.Deploy;

/// <summary>A container of the waiide image, as "docker run" starts one. It is gone afterwards, and so are its volumes.</summary>
internal sealed class WaiideContainer : IAsyncDisposable
{
    public const string Token = "token-of-the-tests-of-the-image";

    private static readonly string[] Needed = ["podman", "runc", "netavark", "aardvark", "iptables", "mmdebstrap", "gcc", "node", "npm"];
    private static readonly Lazy<Task<string>> Built = new(() => BuildAsync());

    private WaiideContainer(string name, int port) => (Name, Port) = (name, port);

    public string Name { get; }

    /// <summary>The port of this machine that leads to the gateway.</summary>
    public int Port { get; set; }

    public Uri Url => new($"http://127.0.0.1:{Port.ToString(CultureInfo.InvariantCulture)}/");

    /// <summary>The name of the image, which is built for the first that asks.</summary>
    public static Task<string> ImageAsync()
    {
        Prerequisites.Need(Needed);
        return Built.Value;
    }

    /// <summary>Builds an image with the options of deploy/images, and returns its name.</summary>
    public static async Task<string> BuildAsync(params string[] options)
    {
        Prerequisites.Need(Needed);
        return (await Podman.OutputAsync("sh", ["deploy/images", "--without-registry", .. options, "waiide"])).Split("WAIIDE_IMAGE=")[1].Trim();
    }

    /// <summary>Starts one whose gateway listens on <paramref name="inside"/>, and waits until its IDE can be used. Further options are those of "docker run".</summary>
    public static Task<WaiideContainer> StartAsync(int inside = 8070, params string[] options) => StartAsync(inside, options, null);

    /// <summary>The same of another image.</summary>
    public static async Task<WaiideContainer> StartAsync(int inside, string[] options, string? image)
    {
        var port = Ports.Free();
        var container = await CreateAsync(["--publish", $"127.0.0.1:{port}:{inside}", .. options], image);
        container.Port = port;
        try
        {
            await container.IsHealthyAsync();
            return container;
        }
        catch
        {
            await container.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts one and does not wait for it.</summary>
    public static Task<WaiideContainer> CreateAsync(params string[] options) => CreateAsync(options, null);

    private static async Task<WaiideContainer> CreateAsync(string[] options, string? image)
    {
        var container = new WaiideContainer($"waiidetest{Guid.NewGuid():N}"[..20], 0);
        image ??= await ImageAsync();
        try
        {
            await Podman.OutputAsync("podman", ["run", "--detach", "--name", container.Name, "--env", $"WAIIDE_TOKEN={Token}", .. options, image]);
            return container;
        }
        catch
        {
            await container.DisposeAsync(); // podman keeps a container that it could not start.
            throw;
        }
    }

    public Task IsHealthyAsync() => Eventually.Is(IsAnsweringAsync, $"{Name} is healthy");

    public async Task<bool> IsAnsweringAsync() => await StatusOrNullAsync("health") == HttpStatusCode.OK;

    /// <summary>What an address answers to anybody; null where nothing answers.</summary>
    public async Task<HttpStatusCode?> StatusOrNullAsync(string path)
    {
        using var http = new HttpClient();
        try
        {
            using var answer = await http.GetAsync(new Uri(Url, path));
            return answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            return null; // The container's network answers before its process does.
        }
    }

    /// <summary>The answer to a person with the token.</summary>
    public async Task<HttpResponseMessage> AskAsync(HttpMethod method, string path)
    {
        using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        using var request = new HttpRequestMessage(method, new Uri(Url, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("token", Token);
        return await http.SendAsync(request);
    }

    /// <summary>The services of /api/status: name, status and port.</summary>
    public async Task<JsonNode> ServicesAsync()
    {
        using var answer = await AskAsync(HttpMethod.Get, "api/status");
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["services"]!;
    }

    /// <summary>What a line of shell prints in the container.</summary>
    public Task<string> ShellAsync(string line) => Podman.OutputAsync("podman", "exec", Name, "sh", "-c", line);

    public async Task<string> LogsAsync()
    {
        var (_, output, error) = await Podman.RunAsync("podman", "logs", Name);
        return output + error;
    }

    /// <summary>A field of "podman inspect", as a template of Go says it.</summary>
    public async Task<string> InspectAsync(string template) => (await Podman.OutputAsync("podman", "inspect", "--format", template, Name)).Trim();

    public async ValueTask DisposeAsync() => await Podman.RunAsync("podman", "rm", "--force", "--volumes", "--time", "0", Name);
}
