using System.Reflection;

namespace Aspire.Hosting.Dcp;

/// <summary>What <c>dotnet run --no-build</c> would start for a project, known since the project was built with the AppHost: to ask MSBuild again takes it a second of a processor for each start.</summary>
internal static class BuiltProgram
{
    /// <summary>Null where it is not known, or not there: then <c>dotnet run</c> knows better, or says what is wrong.</summary>
    public static string? Of(Assembly? appHost, string projectPath)
    {
        var assembly = appHost?.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(metadata => metadata.Key == $"aspirebuilt:{projectPath}")?.Value;
        return Path.ChangeExtension(assembly, null) is { } program && File.Exists(assembly) && File.Exists(program) ? program : null;
    }

    /// <summary>Where such a program finds .NET, unless somebody has said so: with us.</summary>
    public static string DotnetRoot { get; } = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "..", "..", ".."));
}
