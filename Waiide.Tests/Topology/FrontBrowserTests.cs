using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Waiide.Tests.Deploy;
using Waiide.Tests.Support;

namespace Waiide.Tests.Topology;

/// <summary>A browser that trusts the development authority comes to the hub by https.</summary>
[Collection(PodmanNetworks.Name)]
public sealed class FrontBrowserTests
{
    private const string Password = "correct horse";

    [SkippableFact]
    public async Task A_person_signs_in_and_works_in_a_secure_context_and_Ctrl_C_leaves_nothing()
    {
        Prerequisites.Need("node", "npm", "chromium", "setsid", "nginx", "certutil");
        await using var run = AppHostRun.Start("--Waiide:Front=process", $"--Parameters:demo-password={Password}");
        await run.IsReady();
        using var home = await TrustingHome.OfAsync(FrontRun.AuthorityOf(run));
        await using var chromium = new Chromium();
        var page = await chromium.NewPageAsync(home: home.Path);
        var sockets = new ConcurrentQueue<string>();
        page.WebSocket += (_, socket) => sockets.Enqueue(socket.Url);

        Assert.EndsWith("/user/demo/", run.Link, StringComparison.Ordinal);
        await page.GotoAsync(run.Link);
        await HubPages.SignIn(page, "demo", Password);
        var workbench = new Workbench(page);
        await workbench.IsOpen();
        await workbench.OpenTerminal();
        Assert.Equal("by TLS", await workbench.RunInTerminal("echo by TLS", Path.Combine(run.Workspace, "note.txt")));

        Assert.True(await page.EvaluateAsync<bool>("isSecureContext"));
        Assert.StartsWith(run.Link, page.Url, StringComparison.Ordinal);
        Assert.StartsWith("https://", page.Url, StringComparison.Ordinal);
        Assert.NotEmpty(sockets);
        Assert.All(sockets, socket => Assert.StartsWith("wss://", socket, StringComparison.Ordinal));
        var cookies = await page.Context.CookiesAsync();
        Assert.NotEmpty(cookies);
        Assert.All(cookies, cookie => Assert.True(cookie.Secure, cookie.Name));

        // The dashboard speaks http on the same host, and HSTS knows no ports.
        await page.GotoAsync(run.DashboardLink);
        Assert.StartsWith("http://localhost:", page.Url, StringComparison.Ordinal);

        var folder = FolderOfTheKey(run);
        Process.Start("kill", ["-INT", "--", (-run.OuterId).ToString(CultureInfo.InvariantCulture)])!.WaitForExit();
        await run.LeavesNothing(TimeSpan.FromSeconds(15));
        Assert.False(Directory.Exists(folder), $"{folder} is gone");
    }

    [SkippableFact]
    public async Task With_a_container_engine_nginx_and_the_IDE_are_containers_and_files_belong_to_who_runs_it()
    {
        Prerequisites.Need("podman", "mmdebstrap", "chromium", "setsid", "certutil");
        var ideImage = (await Podman.OutputAsync("sh", "deploy/images", "--without-registry", "ide")).Split("IDE_IMAGE=")[1].Trim();
        var baseImage = (await Podman.OutputAsync("sh", "deploy/make-base")).Trim();
        const string FrontImage = "localhost/waiide-nginx-of-tests";
        await Podman.OutputAsync("podman", "build", "--quiet", "--tag", FrontImage, "--build-arg", $"BASE={baseImage}", "deploy/nginx");
        await using var run = AppHostRun.StartWith(
            [.. Podman.Environment.Select(variable => $"{variable.Key}={variable.Value}")], "--Waiide:Front=true", $"--Waiide:FrontImage={FrontImage}", $"--Ide:Image={ideImage}", "--Waiide:Mode=standalone");
        await run.IsReady();
        Assert.False(File.Exists(Path.Combine(run.DataDirectory, "front", "nginx.conf")), "nginx is no process of this machine");
        using var home = await TrustingHome.OfAsync(FrontRun.AuthorityOf(run));
        await using var chromium = new Chromium();
        var page = await chromium.NewPageAsync(home: home.Path);

        await page.GotoAsync(run.Link);
        var workbench = new Workbench(page);
        await workbench.IsOpen();
        await workbench.OpenTerminal();
        var note = Path.Combine(run.Workspace, "note.txt");
        Assert.NotEqual("", await workbench.RunInTerminal("cat /opt/waiide/start", note)); // Which is in the image only.
        Assert.Equal((await Podman.OutputAsync("id", "-u")).Trim(), (await Podman.OutputAsync("stat", "--format=%u", note)).Trim());
        Assert.True(await page.EvaluateAsync<bool>("isSecureContext"));

        Process.Start("kill", ["-INT", "--", (-run.OuterId).ToString(CultureInfo.InvariantCulture)])!.WaitForExit();
        await run.LeavesNothing(TimeSpan.FromSeconds(30));
        Assert.DoesNotContain(run.Workspace, await Podman.OutputAsync("podman", "ps", "--all", "--format", "{{.Mounts}} {{.Command}}"), StringComparison.Ordinal);
    }

    private static string FolderOfTheKey(AppHostRun run)
    {
        var configuration = File.ReadAllText(Path.Combine(run.DataDirectory, "front", "nginx.conf"));
        var key = configuration.Split("ssl_certificate_key \"")[1].Split('"')[0];
        Assert.True(File.Exists(key));
        return Path.GetDirectoryName(key)!;
    }
}
