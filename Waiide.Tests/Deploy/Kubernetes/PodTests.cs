using System.Net;

namespace Waiide.Tests.Deploy.Kubernetes;

/// <summary>The restricted overlay in a real engine.</summary>
[Collection(PodmanNetworks.Name)]
public sealed class PodTests
{
    [SkippableFact]
    public async Task The_token_opens_it_and_strangers_are_refused()
    {
        await using var pod = await PlayedPod.StartAsync();

        using var stranger = await pod.AskAsync("");
        using var guess = await pod.AskAsync("api/health", "another-token-than-that-of-the-pod");
        using var owner = await pod.AskAsync("version", PlayedPod.Token);
        // As the controller would say it: the pod's neighbours are trusted, because only the controller is let in.
        using var login = await pod.AskAsync($"login?token={PlayedPod.Token}", scheme: "https");

        Assert.Equal((HttpStatusCode.Redirect, "/login"), (stranger.StatusCode, stranger.Headers.Location?.OriginalString.Split('?')[0]));
        Assert.Equal(HttpStatusCode.Unauthorized, guess.StatusCode);
        Assert.Equal(HttpStatusCode.OK, owner.StatusCode);
        Assert.All(login.Headers.GetValues("Set-Cookie"), cookie => Assert.Contains("secure", cookie.Split("; "), StringComparer.OrdinalIgnoreCase));
    }

    [SkippableFact]
    public async Task The_pod_has_the_rights_and_the_limits_that_it_was_given()
    {
        await using var pod = await PlayedPod.StartAsync();

        Assert.Equal("1000:1000", await pod.ShellAsync("echo $(id -u):$(id -g)"));
        Assert.Equal("0000000000000000 0000000000000000 1", await pod.ShellAsync("echo $(sed -n 's/^\\(CapEff\\|CapBnd\\|NoNewPrivs\\):\\t//p' /proc/self/status | sort)"));
        // A folder that everybody may write to, unless nobody may.
        Assert.Equal("1777 refused", await pod.ShellAsync("echo $(stat -c %a /var/tmp; touch /var/tmp/file 2>/dev/null || echo refused)"));
        Assert.Equal("written", await pod.ShellAsync("touch /tmp/file ~/file && echo written"));
        Assert.Equal($"{4L << 30} 200000", await pod.InspectAsync("{{.HostConfig.Memory}} {{.HostConfig.CpuQuota}}"));
        Assert.Equal($"{4L << 30}", await pod.ShellAsync("cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null || true"));
        // The liveness probe, which podman makes a health check of.
        await Podman.OutputAsync("podman", "healthcheck", "run", await pod.InspectAsync("{{.Name}}"));
    }

    [SkippableFact]
    public async Task What_is_on_the_claim_is_there_again_in_the_next_pod()
    {
        await using var pod = await PlayedPod.StartAsync();
        await pod.ShellAsync("echo 'Dear reader' > ~/letter.txt");

        await pod.DownAsync();
        Assert.False(await pod.IsRunningAsync());
        // The volume as a cluster hands it over: the root of its file system is root's and open to the group.
        await Podman.OutputAsync("podman", "run", "--rm", "--user", "0", "--entrypoint", "sh", "--volume", $"{pod.Volume}:/volume", await WaiideContainer.ImageAsync(), "-c", "cd /volume && mkdir -m 700 lost+found && chown 0:1000 . && chmod 2775 .");
        await pod.UpAsync();

        Assert.Equal("Dear reader", await pod.ShellAsync("cat ~/letter.txt"));
        Assert.Equal("0:1000 2775", await pod.ShellAsync("stat -c '%u:%g %a' ~"));
    }

    [SkippableFact]
    public async Task Without_its_token_it_does_not_start()
    {
        await using var pod = await PlayedPod.RenderAsync();

        var (code, _, error) = await pod.PlayAsync();

        Assert.NotEqual(0, code);
        Assert.Contains("WAIIDE_TOKEN", error, StringComparison.Ordinal);
        Assert.False(await pod.IsRunningAsync());
    }
}
