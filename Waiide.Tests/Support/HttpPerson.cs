using System.Net;
using System.Net.Security;
using AngleSharp.Html.Parser;

namespace Waiide.Tests.Support;

/// <summary>A person without a browser: cookies and redirects as a browser handles them, nothing drawn.</summary>
internal sealed class HttpPerson : IDisposable
{
    private readonly HttpClient _http;

    public HttpPerson(Uri site, SslClientAuthenticationOptions? trust = null)
    {
        _http = new HttpClient(new SocketsHttpHandler { CookieContainer = Cookies, UseProxy = false, SslOptions = trust ?? new() }) { BaseAddress = site, Timeout = TimeSpan.FromMinutes(10) };
        // What a browser says of a click; without it the gateway answers as to a script.
        _http.DefaultRequestHeaders.Add("Sec-Fetch-Mode", "navigate");
        _http.DefaultRequestHeaders.Add("Sec-Fetch-Dest", "document");
        _http.DefaultRequestHeaders.Accept.ParseAdd("text/html");
    }

    public CookieContainer Cookies { get; } = new();

    public HttpClient Http => _http;

    /// <summary>Opens <paramref name="path"/>, fills the hub's login form that it leads to, and comes back to it.</summary>
    public async Task SignIn(string user, string password, string path)
    {
        using var form = await _http.GetAsync(path);
        var page = await new HtmlParser().ParseDocumentAsync(await form.Content.ReadAsStringAsync());
        var fields = page.QuerySelectorAll("form input[name]").ToDictionary(input => input.GetAttribute("name")!, input => input.GetAttribute("value") ?? "");
        fields["username"] = user;
        fields["password"] = password;
        using var content = new FormUrlEncodedContent(fields);
        using var answer = await _http.PostAsync(new Uri(form.RequestMessage!.RequestUri!, page.QuerySelector("form")!.GetAttribute("action") ?? ""), content);
        Assert.True(answer.IsSuccessStatusCode, $"Signing in ended at {answer.RequestMessage!.RequestUri} with {(int)answer.StatusCode}.");
        var end = answer.RequestMessage.RequestUri!;
        Assert.EndsWith(path, path.Contains('?', StringComparison.Ordinal) ? end.PathAndQuery : end.AbsolutePath, StringComparison.Ordinal);
    }

    /// <summary>Sends that many bytes and returns their SHA-256.</summary>
    public async Task<string> Upload(string path, long length)
    {
        using var content = new BlockContent(length);
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        request.Headers.Add("Origin", _http.BaseAddress!.GetLeftPart(UriPartial.Authority));
        using var answer = await _http.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return Blocks.Hash(length);
    }

    /// <summary>Reads the whole answer as it comes and returns its SHA-256.</summary>
    public async Task<string> Download(string path)
    {
        using var answer = await _http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await Blocks.HashOf(await answer.Content.ReadAsStreamAsync());
    }

    public void Dispose() => _http.Dispose();

    private sealed class BlockContent(long length) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => Blocks.Write(stream, length);

        protected override bool TryComputeLength(out long size)
        {
            size = length;
            return true;
        }
    }
}
