using System.Net;
using System.Text;
using Waiide.Gateway.Ide;

namespace Waiide.Gateway.Assets;

/// <summary>Asks the IDE server for files of VS Code's, uncompressed, on nobody's behalf.</summary>
internal sealed class IdeFiles(GatewayOptions options, IdeAddress address) : IDisposable
{
    // One connection for all of them, and none that stays. No propagator: these are nobody's requests, and no spans.
    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler
    {
        ConnectCallback = address.ConnectAsync,
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(1),
        UseCookies = false,
        UseProxy = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = null,
    });

    /// <summary>The answer to GET, its body unread.</summary>
    public async Task<HttpResponseMessage> GetAsync(string target, CancellationToken cancellationToken)
    {
        var place = address.Now ?? throw new HttpRequestException("Nobody knows where the IDE server is.");
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(place.Address + target));
        request.Headers.TryAddWithoutValidation("User-Agent", "Waiide");
        request.Headers.TryAddWithoutValidation("Accept-Encoding", "identity");
        if (options.IdeHashedPassword is { } hash)
        {
            request.Headers.Add("Cookie", $"{IdeSession.CookieName}={hash}");
        }

        return await _client.SendAsync(request, cancellationToken);
    }

    /// <summary>What is short text. It is the person's program that answers: as bytes, whatever encoding it says, and not without an end.</summary>
    public async Task<string> TextAsync(string target, int longest, CancellationToken cancellationToken)
    {
        using var answer = await GetAsync(target, cancellationToken);
        if (answer.StatusCode != HttpStatusCode.OK)
        {
            throw new HttpRequestException($"The IDE server answers {target} with {(int)answer.StatusCode}.");
        }

        await using var body = await answer.Content.ReadAsStreamAsync(cancellationToken);
        var bytes = new byte[longest];
        var count = await body.ReadAtLeastAsync(bytes, longest, throwOnEndOfStream: false, cancellationToken);
        return Encoding.Latin1.GetString(bytes, 0, count);
    }

    public void Dispose() => _client.Dispose();
}
