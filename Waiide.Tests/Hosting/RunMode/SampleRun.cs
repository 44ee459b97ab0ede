using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Waiide.Tests.Hosting.Publish;
using Waiide.Tests.Support;

namespace Waiide.Tests.Hosting.RunMode;

/// <summary>A program of the sample that runs in a network of its own, where the recorded ports are free, with an engine that only notes what it is asked for.</summary>
internal sealed class SampleRun : IAsyncDisposable
{
    // An AppHost's own affair: who has one of these was given it.
    private static readonly string[] NotInherited = ["ASPNETCORE_URLS", "DOTNET_LAUNCH_PROFILE", "ASPNETCORE_ENVIRONMENT", "DOTNET_ENVIRONMENT"];

    private readonly TempDirectory _home = new();
    private readonly Dictionary<string, string> _variables;
    private readonly ChildProcess _process;

    private SampleRun(string program, string[] variables, string[] arguments)
    {
        var certificate = Path.Combine(_home.Path, "localhost.pfx");
        using (var key = RSA.Create())
        {
            using var made = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
            File.WriteAllBytes(certificate, made.Export(X509ContentType.Pfx));
        }

        // Nobody's settings, secrets or development certificate; the gateway's profile has https, which needs some certificate.
        _variables = new Dictionary<string, string>
        {
            ["PATH"] = Engine.SearchPath,
            ["HOME"] = _home.Path,
            ["ASPIRE_CONTAINER_RUNTIME"] = "podman",
            ["Kestrel__Certificates__Default__Path"] = certificate,
            ["DOTNET_NOLOGO"] = "true",
        };
        foreach (var variable in variables)
        {
            _variables[variable.Split('=', 2)[0]] = variable.Split('=', 2)[1];
        }

        var start = new ProcessStartInfo(
            "unshare",
            ["-rn", "/bin/sh", "-c", "ip link set lo up && exec \"$@\"", "sh",
                Environment.ProcessPath!.EndsWith("/dotnet", StringComparison.Ordinal) ? Environment.ProcessPath : "dotnet",
                Path.Combine(Sample.Folder, program, "bin", Repository.Configuration, "net10.0", $"Sample.{program}.dll"), .. arguments])
        {
            WorkingDirectory = Sample.Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        foreach (var (name, value) in _variables)
        {
            start.Environment[name] = value;
        }

        _process = ChildProcess.Start(start);
    }

    public StandInEngine Engine { get; } = new();

    public ChildProcess Process => _process;

    public static SampleRun Start(string program, string[] variables, params string[] arguments) => new(program, variables, arguments);

    /// <summary>The variables of a process that it did not inherit, in its order. ASPIRE_RUN_ID and ASPIRE_RESOURCE_ID are how our engine finds what it started.</summary>
    public IEnumerable<string> OwnVariables(StartedProcess process) => process.Variables.Where(variable =>
        variable.Split('=', 2) is [var name, var value]
        && (_variables.GetValueOrDefault(name) != value || NotInherited.Contains(name))
        && name is not ("ASPIRE_RUN_ID" or "ASPIRE_RESOURCE_ID" or "PWD" or "OLDPWD" or "SHLVL" or "_"));

    /// <summary>The ports on which something listens in its network, by IPv4.</summary>
    public IEnumerable<int> Listening() => File.ReadLines($"/proc/{_process.Id}/net/tcp").Skip(1)
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Where(cells => cells[3] == "0A")
        .Select(cells => int.Parse(cells[1].Split(':')[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture));

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Signal("INT");
            await _process.WaitForExit(TimeSpan.FromSeconds(40));
        }

        await _process.DisposeAsync();
        Engine.Dispose();
        _home.Dispose();
    }
}
