using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.UserSecrets;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A generated default that stays the same from run to run: it is kept in the AppHost's user secrets.</summary>
internal sealed class UserSecretsParameterDefault(Assembly? appHost, string parameterName, ParameterDefault generated) : ParameterDefault
{
    public override string GetDefaultValue() => UserSecrets.KeepOrCreate(appHost, $"Parameters:{parameterName}", generated.GetDefaultValue);
}

/// <summary>The AppHost's user secrets, where what was generated or entered stays the same from run to run.</summary>
internal static class UserSecrets
{
    private static readonly Lock OneWriter = new();
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Whether the AppHost has user secrets.</summary>
    public static bool AreKept(Assembly? appHost) => FileOf(appHost) is not null;

    /// <summary>The value kept under <paramref name="key"/>; where there is none, a new one, which is kept if the AppHost has user secrets.</summary>
    public static string KeepOrCreate(Assembly? appHost, string key, Func<string> create)
    {
        if (FileOf(appHost) is not { } file)
        {
            return create();
        }

        lock (OneWriter)
        {
            // Host configuration has user secrets only in Development; the value must not change with the environment.
            if (Use(file, () => new ConfigurationBuilder().AddJsonFile(file, optional: true).Build()[key]) is { Length: > 0 } kept)
            {
                return kept;
            }

            var value = create();
            return Use(file, () => Keep(file, key, value));
        }
    }

    /// <summary>Keeps a value under <paramref name="key"/>, in place of any other.</summary>
    public static void Keep(Assembly? appHost, string key, string value)
    {
        lock (OneWriter)
        {
            var file = FileOf(appHost) ?? throw new InvalidOperationException("This AppHost has no UserSecretsId.");
            Use(file, () => Keep(file, key, value));
        }
    }

    private static string? FileOf(Assembly? appHost) =>
        appHost?.GetCustomAttribute<UserSecretsIdAttribute>()?.UserSecretsId is { } id ? PathHelper.GetSecretsPathFromSecretsId(id) : null;

    private static T Use<T>(string file, Func<T> use)
    {
        try
        {
            return use();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException or FormatException or JsonException or InvalidOperationException)
        {
            // What is wrong with a broken file is told by the inner one: "Expected depth to be zero at the end of the JSON payload."
            throw new UserSecretsException($"The user secrets in {file} cannot be used: {(exception.InnerException ?? exception).Message}", exception);
        }
    }

    private static string Keep(string file, string key, string value)
    {
        var secrets = File.Exists(file) ? JsonNode.Parse(File.ReadAllText(file))?.AsObject() ?? [] : [];
        secrets[key] = value;
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);

        // Written beside and moved, so that another process never reads half a file.
        var beside = $"{file}.{Environment.ProcessId}";
        var create = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            create.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var stream = new FileStream(beside, create))
        {
            JsonSerializer.Serialize(stream, secrets, Indented);
        }

        File.Move(beside, file, overwrite: true);
        return value;
    }
}

/// <summary>The user secrets cannot be read or written; the message names the file.</summary>
internal sealed class UserSecretsException(string message, Exception cause) : DistributedApplicationException(message, cause);
