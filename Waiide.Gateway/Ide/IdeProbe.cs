using System.Net;

namespace Waiide.Gateway.Ide;

/// <summary>Asks the IDE server whether it can serve: GET /version, because that loads VS Code; /healthz is 200 even where every page fails.</summary>
internal sealed class IdeProbe(IdeAddress address, GatewayOptions options) : IDisposable
{
    // A connection of its own for each question: one that is kept open would count as a person's for the server's own idle detection.
    // No propagator, hence no spans: a trace a second that says "still there" hides the others.
    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler
    {
        ConnectCallback = address.ConnectAsync,
        PooledConnectionLifetime = TimeSpan.Zero,
        UseCookies = false,
        UseProxy = false,
        AllowAutoRedirect = false,
        ActivityHeadersPropagator = null,
    });

    /// <summary>What the IDE server says.</summary>
    /// <param name="Problem">Null when it can be used; otherwise one sentence that says why not.</param>
    /// <param name="Listens">Whether anybody is there at all.</param>
    internal readonly record struct Answer(string? Problem, bool Listens);

    public async Task<Answer> AskAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        if (address.Now is not { } place)
        {
            return new("Nobody knows yet where the IDE server is.", Listens: false);
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(place.Url, "version"));
        request.Headers.ConnectionClose = true;
        if (options.IdeHashedPassword is { } hash)
        {
            request.Headers.Add("Cookie", $"{IdeSession.CookieName}={hash}");
        }

        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(limit);
        try
        {
            using var response = await _client.SendAsync(request, timeout.Token);
            return new(response.StatusCode switch
            {
                HttpStatusCode.OK => null,
                HttpStatusCode.Unauthorized => $"The IDE server at {place} refuses the gateway: WAIIDE_IDE_HASHED_PASSWORD must be what it was given as HASHED_PASSWORD.",
                var status => $"The IDE server at {place} answers {(int)status} when asked for its version.",
            }, Listens: true);
        }
        catch (HttpRequestException)
        {
            return new($"Nothing answers at {place}.", Listens: false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new($"The IDE server at {place} did not answer within {limit.TotalSeconds:0.#} s.", Listens: true);
        }
    }

    public void Dispose() => _client.Dispose();
}
