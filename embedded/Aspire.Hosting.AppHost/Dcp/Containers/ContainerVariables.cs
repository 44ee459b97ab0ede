using System.Text;

namespace Aspire.Hosting.Dcp.Containers;

/// <summary>Hands variables to the engine's command without their values being in its arguments: in a file of this user's, and what such a file cannot hold, in the command's own environment.</summary>
internal sealed class ContainerVariables : IDisposable
{
    // docker and podman read such a file line by line, and lines of 64 KB and more not at all.
    private const int LongestInFile = 16 * 1024;

    private readonly string? _file;

    public ContainerVariables(IReadOnlyDictionary<string, string> variables)
    {
        var inFile = variables.Where(variable => variable.Value.Length < LongestInFile && !variable.Value.AsSpan().ContainsAny('\n', '\r')).ToArray();
        Environment = variables.Except(inFile).ToDictionary();
        if (inFile.Length > 0)
        {
            _file = PrivateFile.Create(string.Concat(inFile.Select(variable => $"{variable.Key}={variable.Value}\n")));
        }

        Arguments = [.. _file is null ? [] : (string[])["--env-file", _file], .. Environment.Keys.SelectMany(name => (string[])["--env", name])];
    }

    public IReadOnlyList<string> Arguments { get; }

    public IReadOnlyDictionary<string, string> Environment { get; }

    public void Dispose()
    {
        if (_file is not null)
        {
            File.Delete(_file);
        }
    }
}

/// <summary>A file that nobody but this user can read.</summary>
internal static class PrivateFile
{
    public static string Create(string content)
    {
        // Path.GetTempFileName makes it with 0600.
        var file = Path.GetTempFileName();
        File.WriteAllText(file, content, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        return file;
    }
}
