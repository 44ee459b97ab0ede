using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.Front;

/// <summary>The hub's routes in a configurable-http-proxy that stands in front, by its REST API (Hub:Proxy:ApiUrl).</summary>
internal sealed partial class ExternalRoutes(HubOptions options, RouteDoubts doubts, ILogger<ExternalRoutes> logger) : IRoutes, IDisposable
{
    // Only %2F as it stands reaches the proxy as %2F.
    private static readonly UriCreationOptions Untouched = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private readonly string _routes = options.Proxy.ApiUrl!.GetLeftPart(UriPartial.Path).TrimEnd('/') + "/api/routes";

    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(3), ActivityHeadersPropagator = null })
    {
        // JupyterHub's own limit.
        Timeout = TimeSpan.FromSeconds(10),
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("token", options.Proxy.AuthToken) },
    };

    public Task AddAsync(Server server, CancellationToken cancellation) => server.Url is not { } url ? Task.CompletedTask : AddAsync(
        server.Prefix, url.GetLeftPart(UriPartial.Authority), new JsonObject { ["user"] = server.User.Name, ["server_name"] = server.Name }, cancellation);

    public Task AddHubAsync(CancellationToken cancellation) =>
        AddAsync("/", options.Proxy.HubUrl.GetLeftPart(UriPartial.Authority), new JsonObject { ["hub"] = true }, cancellation);

    public Task RemoveAsync(Server server, CancellationToken cancellation) => RemoveAsync(server.Prefix, cancellation);

    public Task RemoveAsync(ProxyRoute route, CancellationToken cancellation) => RemoveAsync(route.RouteSpec, cancellation);

    public async Task<IReadOnlyList<ProxyRoute>> ListAsync(CancellationToken cancellation)
    {
        using var answer = await SendAsync(HttpMethod.Get, "", null, cancellation);
        var text = await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync(cancellation);
        try
        {
            // Routes without the mark were put there by somebody else.
            return [.. JsonNode.Parse(text)!.AsObject().Where(route => route.Value is JsonObject data && data.ContainsKey("jupyterhub")).Select(route => Read(route.Key, route.Value!.AsObject()))];
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException)
        {
            throw new HttpRequestException($"{_routes} answers with something other than routes.", error);
        }
    }

    public void Dispose() => _client.Dispose();

    private static ProxyRoute Read(string path, JsonObject data) => new(
        path == "/" ? path : string.Join('/', path.Split('/').Select(HubNames.Segment)) + "/",
        data["target"]?.GetValue<string>() ?? "",
        data["user"]?.GetValue<string>(),
        data["server_name"]?.GetValue<string>(),
        data["last_activity"] is JsonNode moment ? DateTimeOffset.Parse(moment.GetValue<string>(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal) : null);

    private Task AddAsync(string routeSpec, string target, JsonObject data, CancellationToken cancellation)
    {
        (data["target"], data["jupyterhub"]) = (target, true);
        return ChangeAsync(HttpMethod.Post, routeSpec, data, cancellation);
    }

    private Task RemoveAsync(string routeSpec, CancellationToken cancellation) => ChangeAsync(HttpMethod.Delete, routeSpec, null, cancellation);

    private async Task ChangeAsync(HttpMethod method, string routeSpec, JsonObject? body, CancellationToken cancellation)
    {
        try
        {
            // The proxy finds a route to delete by its path without the slash.
            using var answer = await SendAsync(method, routeSpec == "/" ? routeSpec : routeSpec.TrimEnd('/'), body, cancellation);
            if (!answer.IsSuccessStatusCode && !(method == HttpMethod.Delete && answer.StatusCode == HttpStatusCode.NotFound))
            {
                throw new HttpRequestException($"it answers {(int)answer.StatusCode}");
            }

            Log.Changed(logger, method, routeSpec);
        }
        catch (HttpRequestException error)
        {
            Log.Unchanged(logger, method, routeSpec, new LogText(error.Message));
            doubts.Raise();
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, JsonObject? body, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, new Uri(_routes + path, Untouched));
        request.Content = body is null ? null : new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        try
        {
            return await _client.SendAsync(request, cancellation);
        }
        catch (OperationCanceledException error) when (!cancellation.IsCancellationRequested)
        {
            throw new HttpRequestException("it does not answer in time", error);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Debug, Message = "The front proxy took {Method} for the route {Route}.")]
        public static partial void Changed(ILogger logger, HttpMethod method, string route);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The front proxy did not take {Method} for the route {Route}: {Reason}. The routes are checked again.")]
        public static partial void Unchanged(ILogger logger, HttpMethod method, string route, LogText reason);
    }
}
