using Aspire.Hosting;

namespace Waiide.Tests.Hosting;

/// <summary>A project that is there for its launch profiles and never builds.</summary>
public sealed class StubProject : IProjectMetadata
{
    private static readonly string Folder = Path.Combine(Path.GetTempPath(), $"waiide-test-stub-project-{System.Environment.ProcessId}");

    public string ProjectPath
    {
        get
        {
            var properties = Directory.CreateDirectory(Path.Combine(Folder, "Properties"));
            File.WriteAllText(Path.Combine(properties.FullName, "launchSettings.json"), """
                {
                  // As Visual Studio writes them.
                  "profiles": {
                    "IIS": { "commandName": "IISExpress", "applicationUrl": "http://localhost:9999" },
                    "http": {
                      "commandName": "Project",
                      "launchUrl": "ide/",
                      "applicationUrl": "https://localhost:7180;http://localhost:5180",
                      "commandLineArgs": "--greet \"good morning\"",
                      "environmentVariables": { "ASPNETCORE_ENVIRONMENT": "Development", "FROM_PROFILE": "http" },
                    },
                    "other": { "commandName": "Project", "applicationUrl": "http://localhost:5190", "environmentVariables": { "FROM_PROFILE": "other" } },
                  }
                }
                """);
            return Path.Combine(Folder, "Stub.csproj");
        }
    }

    public bool SuppressBuild => true;
}
