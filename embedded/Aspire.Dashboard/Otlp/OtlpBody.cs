using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;
using System.Text.Json;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Aspire.Dashboard.Otlp;

/// <summary>Reads what was sent, plain or compressed, in either encoding, up to a size and a time.</summary>
internal static class OtlpBody
{
    /// <summary>Bytes on the wire.</summary>
    public const int MaxSize = 16 * 1024 * 1024;

    /// <summary>Bytes after decompression: a kilobyte can claim to be a gigabyte.</summary>
    public const int MaxDecompressedSize = 16 * 1024 * 1024;

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);
    private static readonly StreamPipeReaderOptions s_buffers = new(bufferSize: 64 * 1024);

    public static async Task<T> ReadAsync<T>(HttpContext context)
        where T : IMessage<T>, new()
    {
        var isJson = OtlpAnswer.MediaType(context.Request) switch
        {
            OtlpAnswer.Json => true,
            OtlpAnswer.Protobuf => false,
            var other => throw OtlpRefusal.Unsupported($"Content-Type is to be {OtlpAnswer.Protobuf} or {OtlpAnswer.Json}, not '{other}'."),
        };
        var encoding = context.Request.Headers.ContentEncoding.ToString();
        var isCompressed = encoding.ToLowerInvariant() switch
        {
            "gzip" => true,
            "" or "identity" => false,
            _ => throw OtlpRefusal.Unsupported($"Content-Encoding is to be gzip or nothing, not '{encoding}'."),
        };

        context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = MaxSize;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        limit.CancelAfter(s_limit);
        await using var body = isCompressed ? new GZipStream(context.Request.Body, CompressionMode.Decompress) : context.Request.Body;
        var reader = PipeReader.Create(body, s_buffers);
        try
        {
            var whole = await WholeAsync(reader, limit.Token).ConfigureAwait(false);
            return isJson ? OtlpJsonReader.Read<T>(whole) : ReadProtobuf<T>(whole);
        }
        catch (BadHttpRequestException tooLarge) when (tooLarge.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            throw OtlpRefusal.TooLarge($"A request may have {MaxSize / 1024 / 1024} MiB.");
        }
        catch (BadHttpRequestException bad)
        {
            throw OtlpRefusal.BadBody(bad.Message);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            throw OtlpRefusal.TooLate;
        }
        catch (Exception bad) when (bad is InvalidProtocolBufferException or JsonException or InvalidDataException)
        {
            throw OtlpRefusal.BadBody($"The body cannot be read: {bad.Message}");
        }
        finally
        {
            await reader.CompleteAsync().ConfigureAwait(false);
        }
    }

    private static T ReadProtobuf<T>(ReadOnlySequence<byte> whole)
        where T : IMessage<T>, new()
    {
        var parser = new MessageParser<T>(() => new T());
        new OtlpBudget().TakeAll(whole, new T().Descriptor);
        // What this version of the protocol does not know is not looked at, so it is not to be kept either.
        return parser.WithDiscardUnknownFields(true).ParseFrom(whole);
    }

    private static async Task<ReadOnlySequence<byte>> WholeAsync(PipeReader reader, CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            if (result.Buffer.Length > MaxDecompressedSize)
            {
                throw OtlpRefusal.TooLarge($"A request may have {MaxDecompressedSize / 1024 / 1024} MiB after decompression.");
            }

            if (result.IsCompleted)
            {
                return result.Buffer;
            }

            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }
}
