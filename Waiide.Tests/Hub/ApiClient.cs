using System.Text;
using System.Text.Json.Nodes;

namespace Waiide.Tests.Hub;

/// <summary>A program that calls the hub's REST API with a token, or with null without one.</summary>
public sealed class ApiClient(Uri hub, string? token)
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseCookies = false });

    public Task<ApiAnswer> GetAsync(string path, string accept = "application/json") => SendAsync("GET", path, body: null, accept);

    public Task<ApiAnswer> PostAsync(string path, string? body = null) => SendAsync("POST", path, body);

    public Task<ApiAnswer> PatchAsync(string path, string body) => SendAsync("PATCH", path, body);

    public Task<ApiAnswer> DeleteAsync(string path, string? body = null) => SendAsync("DELETE", path, body);

    public async Task<ApiAnswer> SendAsync(string method, string path, string? body = null, string accept = "application/json")
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(hub, "/hub/api" + path));
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        request.Headers.TryAddWithoutValidation("Accept", accept);
        if (token is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", $"token {token}");
        }

        using var answer = await Http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return new ApiAnswer((int)answer.StatusCode, text.Length > 0 && answer.Content.Headers.ContentType?.MediaType == "application/json" ? JsonNode.Parse(text) : null);
    }

    /// <summary>A client with a new token of this user's.</summary>
    public async Task<ApiClient> AsAsync(string user, string body = "{}")
    {
        var made = await PostAsync($"/users/{user}/tokens", body);
        return new ApiClient(hub, (string?)made.Expect(201)!["token"]);
    }
}

/// <summary>What the API answered.</summary>
public sealed record ApiAnswer(int Status, JsonNode? Json)
{
    public string? Message => (string?)Json!["message"];

    public JsonNode? Expect(int status)
    {
        Assert.True(Status == status, $"The hub answered {Status}, not {status}: {Json?.ToJsonString()}");
        return Json;
    }

    public void Refused(int status, string message)
    {
        Expect(status);
        Assert.Equal(message, Message);
        Assert.Equal(status, (int?)Json!["status"]);
    }

    public string[] Keys() => [.. Json!.AsObject().Select(entry => entry.Key).Order(StringComparer.Ordinal)];

    public string[] Names(string key) => [.. Json![key]!.AsArray().Select(item => (string)item!).Order(StringComparer.Ordinal)];
}
