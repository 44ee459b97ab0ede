using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Net.Http.Headers;
using Waiide.ServiceDefaults;
using Yarp.ReverseProxy.Forwarder;

namespace Waiide.Gateway.Proxy;

/// <summary>VS Code's page with scripts of ours in its head, and without Restricted Mode where the folder is the person's own; every other byte, and every other answer, stays as the IDE gave it.</summary>
internal sealed partial class WorkbenchDocument(HttpTransformer inner, GatewayOptions options) : HttpTransformer
{
    // VS Code's has 4 kB. A longer one than this goes through as it is.
    private const int Longest = 1024 * 1024;

    private static readonly string[] OfACopyOrAPart = [HeaderNames.IfNoneMatch, HeaderNames.IfModifiedSince, HeaderNames.IfRange, HeaderNames.Range];

    private const string TrustsFew = "&quot;enableWorkspaceTrust&quot;:true";

    private const string TrustsAll = "&quot;enableWorkspaceTrust&quot;:false";

    /// <summary>What takes <paramref name="inner"/>'s place where <paramref name="target"/>, as the IDE server will see it, is its root and the answer will be the document of a tab or frame.</summary>
    internal static HttpTransformer Around(HttpTransformer inner, HttpRequest request, string target, GatewayOptions options) =>
        HttpMethods.IsGet(request.Method) && RawTarget.PathOf(target) is "/" && Navigation.IsDocument(request) ? new WorkbenchDocument(inner, options) : inner;

    public override async ValueTask TransformRequestAsync(HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        await inner.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);

        // The whole document, now, and readable; it is small.
        foreach (var name in OfACopyOrAPart)
        {
            proxyRequest.Headers.Remove(name);
        }

        proxyRequest.Headers.Remove(HeaderNames.AcceptEncoding);
        proxyRequest.Headers.TryAddWithoutValidation(HeaderNames.AcceptEncoding, "identity");
    }

    public override async ValueTask<bool> TransformResponseAsync(HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        if (proxyResponse is { StatusCode: HttpStatusCode.OK, Content: { Headers: { ContentEncoding.Count: 0, ContentType.MediaType: { } type } } }
            && type.Equals("text/html", StringComparison.OrdinalIgnoreCase))
        {
            await ChangeAsync(proxyResponse, options.AllComponents ? WorkbenchScript.TagFor(httpContext.User, options, Journey.Seal(httpContext)) : "", HasOwnFolder(httpContext.Request.Query), cancellationToken);
        }

        return await inner.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
    }

    public override ValueTask TransformResponseTrailersAsync(HttpContext httpContext, HttpResponseMessage proxyResponse, CancellationToken cancellationToken) =>
        inner.TransformResponseTrailersAsync(httpContext, proxyResponse, cancellationToken);

    // VS Code takes the last of several; a workspace file may name folders anywhere. An attached IDE's folders may be those of another machine, and its owner has decided.
    private bool HasOwnFolder(IQueryCollection query) =>
        options.IdeUrl is null && query["workspace"].Count == 0 && query["folder"].All(folder => FromLink.IsOwn(folder ?? "", options.Workspace));

    /// <summary>The document with <paramref name="tag"/> before the end of its head, and the guard at its beginning; null where it has none.</summary>
    private static byte[]? With(string tag, bool isTrusted, ReadOnlySpan<byte> document)
    {
        var end = document.IndexOf("</head>"u8);
        if (end < 0)
        {
            return null;
        }

        var head = Encoding.Latin1.GetString(document[..end]); // A character for each byte.
        if (isTrusted && head.IndexOf(TrustsFew, StringComparison.Ordinal) is >= 0 and var trust)
        {
            // In the workbench's configuration. Where it is written otherwise one day, VS Code restricts too much.
            head = head[..trust] + TrustsAll + head[(trust + TrustsFew.Length)..];
        }

        if (tag.Length > 0 && Beginning().Match(head) is { Success: true } beginning)
        {
            head = head.Insert(beginning.Groups["here"].Index, WorkbenchScript.GuardFor(beginning.Groups["nonce"].Value));
        }

        return [.. Encoding.Latin1.GetBytes(head), .. Encoding.UTF8.GetBytes(tag), .. document[end..]];
    }

    // "<head>\n\t\t<script nonce="b1wkB0X6td7U9qtF7vmbTA">"
    [GeneratedRegex("""<head>(?<here>)\s*<script nonce="(?<nonce>[A-Za-z0-9+/_=-]{16,64})">""")]
    private static partial Regex Beginning();

    private static async Task ChangeAsync(HttpResponseMessage response, string tag, bool isTrusted, CancellationToken cancellationToken)
    {
        var body = PipeReader.Create(await response.Content.ReadAsStreamAsync(cancellationToken));
        var read = await body.ReadAtLeastAsync(Longest, cancellationToken);
        var changed = read.IsCompleted ? With(tag, isTrusted, read.Buffer.ToArray()) : null;
        HttpContent content = new StreamContent(body.AsStream());
        if (changed is null)
        {
            body.AdvanceTo(read.Buffer.Start); // What was read is read again, by the forwarder.
        }
        else
        {
            content = new ByteArrayContent(changed);
        }

        foreach (var (name, values) in response.Content.Headers.NonValidated)
        {
            content.Headers.TryAddWithoutValidation(name, values);
        }

        if (changed is not null)
        {
            content.Headers.ContentLength = changed.Length;
            content.Headers.LastModified = null; // Of the IDE's document, which this is not.
            response.Headers.ETag = null;
            response.Headers.TransferEncoding.Clear();
        }

        response.Content = content;
    }
}
