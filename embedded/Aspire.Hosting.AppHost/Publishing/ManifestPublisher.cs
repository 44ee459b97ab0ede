using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Publishing;

/// <summary>Writes the manifest to the file that was asked for.</summary>
internal static partial class ManifestPublisher
{
    private const string DefaultName = "aspire-manifest.json";

    public static async Task PublishAsync(PipelineContext context)
    {
        if (context.OutputPath is not { } output)
        {
            throw new DistributedApplicationException("The '--output-path [path]' option was not specified even though manifest publishing was requested.");
        }

        var file = Path.GetFullPath(output.EndsWith(".json", StringComparison.OrdinalIgnoreCase) ? output : Path.Combine(output, DefaultName));
        var folder = Path.GetDirectoryName(file)!;

        // In memory first: where a callback fails, no half manifest is left.
        using var manifest = new MemoryStream();
        var json = new Utf8JsonWriter(manifest, new JsonWriterOptions { Indented = true });
        await using (json.ConfigureAwait(false))
        {
            await new ManifestWriter(json, folder, context).WriteAsync().ConfigureAwait(false);
        }

        Directory.CreateDirectory(folder);
        await File.WriteAllBytesAsync(file, manifest.ToArray(), context.CancellationToken).ConfigureAwait(false);
        Log.Published(context.Logger, file);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Published manifest to: {ManifestPath}")]
        public static partial void Published(ILogger logger, string manifestPath);
    }
}
