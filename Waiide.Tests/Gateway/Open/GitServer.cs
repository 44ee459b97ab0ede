using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.FileProviders.Physical;
using Microsoft.Extensions.Logging;
using Waiide.Tests.Support;

namespace Waiide.Tests.Gateway.Open;

/// <summary>Real git repositories over HTTP, as plain files (git's "dumb" protocol): letters.git, with a main branch, another branch, a tag, and a link that leads out of it; and hangs.git, which never answers.</summary>
internal sealed class GitServer : IAsyncDisposable
{
    private readonly TempDirectory _folder = new();
    private WebApplication? _app;

    public Uri Url { get; private set; } = null!;

    public string Letters => Url + "letters.git";

    public string FirstCommit { get; private set; } = "";

    public static async Task<GitServer> StartAsync()
    {
        Prerequisites.Need("git");
        var server = new GitServer();
        server.MakeLetters();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        server._app = builder.Build();
        server._app.MapGet("/hangs.git/{**rest}", async (HttpContext context) => await Task.Delay(Timeout.Infinite, context.RequestAborted));
        server._app.MapGet("/asks/{**rest}", (HttpContext context) =>
        {
            context.Response.Headers.WWWAuthenticate = "Basic realm=\"x\"";
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        });
        server._app.UseStaticFiles(new StaticFileOptions { FileProvider = new PhysicalFileProvider(server._folder.Path, ExclusionFilters.None), ServeUnknownFileTypes = true });
        await server._app.StartAsync();
        server.Url = new Uri(server._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single() + "/");
        return server;
    }

    /// <summary>Runs git in <paramref name="folder"/> and returns what it prints.</summary>
    public static string Git(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("git", ["-C", folder, "-c", "user.name=Ada", "-c", "user.email=ada@example.org", .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["GIT_CONFIG_GLOBAL"] = "/dev/null";
        using var git = Process.Start(start)!;
        var (output, errors) = (git.StandardOutput.ReadToEndAsync(), git.StandardError.ReadToEndAsync());
        git.WaitForExit();
        Assert.True(git.ExitCode == 0, $"git {string.Join(' ', arguments)}: {errors.Result}");
        return output.Result.Trim();
    }

    public async ValueTask DisposeAsync()
    {
        await (_app?.DisposeAsync() ?? ValueTask.CompletedTask);
        _folder.Dispose();
    }

    private void MakeLetters()
    {
        var work = Path.Combine(_folder.Path, "work");
        Directory.CreateDirectory(Path.Combine(work, "src"));
        Git(work, "init", "--quiet", "--initial-branch=main");
        File.WriteAllLines(Path.Combine(work, "src", "letter.txt"), Enumerable.Range(1, 200).Select(line => $"line {line}"));
        File.CreateSymbolicLink(Path.Combine(work, "passwd"), "/etc/passwd");
        Git(work, "add", ".");
        Git(work, "commit", "--quiet", "-m", "first");
        FirstCommit = Git(work, "rev-parse", "HEAD");
        File.WriteAllText(Path.Combine(work, "second.txt"), "second");
        Git(work, "add", ".");
        Git(work, "commit", "--quiet", "-m", "second");
        Git(work, "tag", "v1.0");
        Git(work, "branch", "other/branch", FirstCommit);
        Git(_folder.Path, "clone", "--quiet", "--bare", work, "letters.git");
        Git(Path.Combine(_folder.Path, "letters.git"), "update-server-info");
    }
}
