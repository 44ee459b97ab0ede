using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Waiide.Gateway.Hub;

/// <summary>The calls to the hub's API; each either has its answer or throws <see cref="HubException"/>.</summary>
internal sealed class HubClient(IHttpClientFactory clients, GatewayOptions options, GatewayMetrics metrics)
{
    // What is absurdly long would not fit into a date.
    private const long LongestLifetime = 365 * 24 * 3600;

    // As many letters as a hub keeps of one. Names are shown and logged.
    private const int LongestName = 255;

    // What does not fit into a cookie, or has letters that no header may carry, is no token.
    private const int LongestToken = 1024;

    // A user with thousands of scopes and groups stays far below.
    private const long LongestAnswer = 8 * 1024 * 1024;

    private static readonly TimeSpan UsualLifetime = TimeSpan.FromDays(14);

    private HubOptions Hub => options.Hub!;

    /// <summary>The hub's version, such as 5.5.1.</summary>
    internal async Task<string> GetVersionAsync(CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Hub.ApiUrl);
        return await SendAsync(
            "version",
            request,
            (status, body) => status == HttpStatusCode.OK && Text(body, "version") is { } version ? version : throw HubException.Unusable("for its version", (int)status),
            cancellationToken);
    }

    /// <summary>The owner of <paramref name="token"/>; null when the hub does not know the token (any more).</summary>
    internal async Task<HubUser?> FindUserAsync(string token, CancellationToken cancellationToken)
    {
        using var request = Ask(HttpMethod.Get, "user", token);
        return await SendAsync("user", request, User, cancellationToken);

        // The hub says 403, never 401, to a token that is invalid, expired or revoked.
        static HubUser? User(HttpStatusCode status, JsonNode? body) => status switch
        {
            HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized => null,
            HttpStatusCode.OK when Text(body, "name") is { Length: > 0 and <= LongestName } name && !name.Any(char.IsControl) && body!["scopes"] is JsonArray scopes =>
                new HubUser(name, Text(body, "kind") ?? "user", [.. scopes.Select(scope => scope?.ToString()).OfType<string>()]),
            _ => throw HubException.Unusable("who the user is", (int)status),
        };
    }

    /// <summary>Trades an authorization code for the user's token; null when the hub refuses the code.</summary>
    internal async Task<(string Token, TimeSpan Lifetime)?> RedeemAsync(string code, string verifier, CancellationToken cancellationToken)
    {
        using var request = Ask(HttpMethod.Post, "oauth2/token", Hub.ApiToken);
        request.Content = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["client_id"] = Hub.ClientId,
            ["client_secret"] = Hub.ApiToken,
            ["grant_type"] = "authorization_code",
            ["code"] = code,
            ["redirect_uri"] = Hub.CallbackUrl,
            ["code_verifier"] = verifier,
        });
        return await SendAsync("token", request, Granted, cancellationToken);

        static (string, TimeSpan)? Granted(HttpStatusCode status, JsonNode? body) => status switch
        {
            HttpStatusCode.BadRequest when Text(body, "error") == "invalid_grant" => null,
            HttpStatusCode.OK when Text(body, "access_token") is { Length: > 0 and <= LongestToken } token && token.All(letter => letter is >= '!' and <= '~') =>
                (token, body!["expires_in"] is JsonValue value && value.TryGetValue<long>(out var seconds) ? TimeSpan.FromSeconds(Math.Clamp(seconds, 1, LongestLifetime)) : UsualLifetime),
            _ => throw HubException.Unusable("for a token (" + new LogText(Text(body, "error") ?? "no reason given") + ")", (int)status),
        };
    }

    /// <summary>Tells the hub when this server was last used.</summary>
    internal async Task ReportActivityAsync(DateTimeOffset lastActivity, CancellationToken cancellationToken)
    {
        var time = lastActivity.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", System.Globalization.CultureInfo.InvariantCulture);
        using var request = new HttpRequestMessage(HttpMethod.Post, Hub.ActivityUrl);
        request.Headers.Authorization = new AuthenticationHeaderValue("token", Hub.ApiToken);

        // The name of a default server is "": a name all the same.
        var report = new JsonObject
        {
            ["servers"] = new JsonObject { [options.ServerName] = new JsonObject { ["last_activity"] = time } },
            ["last_activity"] = time,
        };
        request.Content = new StringContent(report.ToJsonString(), Encoding.UTF8, "application/json");
        await SendAsync(
            "activity",
            request,
            (status, _) => status == HttpStatusCode.OK ? status : throw HubException.Unusable("to note the last activity", (int)status),
            cancellationToken);
    }

    internal static void Add(IServiceCollection services)
    {
        services.AddSingleton<HubClient>();
        services.AddHttpClient(nameof(HubClient), http =>
        {
            http.Timeout = TimeSpan.FromSeconds(10);
            http.MaxResponseContentBufferSize = LongestAnswer;
        })
            .ConfigurePrimaryHttpMessageHandler(services => Handler(services.GetRequiredService<GatewayOptions>()));
    }

    /// <summary>How the hub is reached.</summary>
    internal static SocketsHttpHandler Handler(GatewayOptions options)
    {
        var handler = new SocketsHttpHandler
        {
            // The hub is next door: no proxy of the environment, no redirect to elsewhere with a token.
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,

            // Whatever comes here at once, the hub has other servers to serve; most of these strangers never get (see Auth's Strangers).
            MaxConnectionsPerServer = 16,
            ConnectTimeout = TimeSpan.FromSeconds(4),
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        };
        if (options.Tls is { } tls)
        {
            handler.SslOptions = tls.AsClient();
        }

        return handler;
    }

    private HttpRequestMessage Ask(HttpMethod method, string path, string token) =>
        new(method, $"{Hub.ApiUrl}/{path}") { Headers = { Authorization = new AuthenticationHeaderValue("token", token) } };

    // Whatever goes wrong until the answer is understood is the hub's failure, not ours: a charset nobody knows, half an escape in a name.
    private async Task<T> SendAsync<T>(string endpoint, HttpRequestMessage request, Func<HttpStatusCode, JsonNode?, T> understand, CancellationToken cancellationToken)
    {
        var (since, outcome) = (Stopwatch.GetTimestamp(), "unusable");
        try
        {
            using var client = clients.CreateClient(nameof(HubClient));
            using var response = await client.SendAsync(request, cancellationToken);
            var body = await response.Content.ReadAsStringAsync(cancellationToken);
            var answer = understand(response.StatusCode, Parse(body));
            outcome = answer is null ? "refused" : "ok";
            return answer;
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            outcome = "unreachable";
            throw HubException.Unreachable(failure); // Cancelled by nobody: the client's own time limit.
        }
        catch (Exception failure) when (failure is not (HubException or OperationCanceledException))
        {
            throw HubException.Unreadable(failure);
        }
        catch (OperationCanceledException)
        {
            outcome = "cancelled";
            throw;
        }
        finally
        {
            metrics.HubAnswered(endpoint, outcome, since);
        }
    }

    // Errors of proxies in between are HTML; the status says enough then.
    private static JsonNode? Parse(string body)
    {
        try
        {
            return body.Length == 0 ? null : JsonNode.Parse(body, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false });
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Text(JsonNode? body, string key) =>
        body is JsonObject fields && fields[key] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
