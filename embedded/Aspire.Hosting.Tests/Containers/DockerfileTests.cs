using Aspire.Hosting.Tests.Processes;

namespace Aspire.Hosting.Tests.Containers;

public sealed class DockerfileTests
{
    [SkippableFact]
    public async Task An_image_is_built_with_arguments_and_secrets_and_its_stage_runs()
    {
        Podman.Need();
        await using var app = new ContainerApp("--Parameters:word=parameter", "--Parameters:key=s3cret");
        await WriteAsync(app, $"""
            FROM {Podman.Image} AS wanted
            ARG WORD
            RUN --mount=type=secret,id=KEY [ "$(cat /run/secrets/KEY)" = s3''cret ] && echo "$WORD" > /built
            COPY file /file
            ENTRYPOINT ["cat", "/built", "/file"]
            FROM {Podman.Image} AS unwanted
            ENTRYPOINT ["echo", "wrong stage"]
            """);
        app.Builder.AddDockerfile("custom", "context", stage: "wanted")
            .WithBuildArg("WORD", app.Builder.AddParameter("word"))
            .WithBuildSecret("KEY", app.Builder.AddParameter("key", secret: true));

        await app.StartAsync();

        await app.In("custom", "Exited", "FailedToStart");
        await app.Line("custom", "from the context");
        await app.Line("custom", "parameter");
        await app.Line("custom", "Building custom:");
        Assert.Equal(["", "Starting", "", "Building", "Starting", "Running", "Exited"], app.StatesOf("custom").SkipWhile(state => state.Length == 0).Prepend(""));
        Assert.DoesNotContain(app.Log("custom"), line => line.Content.Contains("s3cret", StringComparison.Ordinal));
    }

    [SkippableFact]
    public async Task A_build_that_fails_is_a_failed_start_and_one_that_is_given_up_leaves_nothing()
    {
        Podman.Need();
        var app = new ContainerApp();
        await using (app)
        {
            await WriteAsync(app, $"FROM {Podman.Image}\nRUN [\"sh\", \"-c\", \"echo the reason >&2; exit 4\"]\n");
            await File.WriteAllTextAsync(Path.Combine(app.Folder.FullName, "context/Slow"), $"FROM {Podman.Image}\nRUN echo sleeping && sleep 98765\n");
            app.Builder.AddDockerfile("failing", "context");
            app.Builder.AddDockerfile("missing", "context", "No.Dockerfile");
            app.Builder.AddDockerfile("slow", "context", "Slow");
            var starting = app.StartAsync();
            await Eventually.Is(() => app.IsBuilt && app.StatesOf("missing").Contains("FailedToStart"), "no Dockerfile", seconds: 60);
            await app.In("failing", "FailedToStart");
            await app.Line("failing", "the reason");
            await app.Line("missing", "No.Dockerfile");
            await app.Line("slow", "sleeping");

            await app.App.StopAsync();

            await Eventually.Is(() => starting.IsCompleted, "the start is given up");
            Assert.Empty(Shell.WithCommandLine("sleep\098765"));
            Podman.RemoveLeftBuilds();
        }
    }

    private static async Task WriteAsync(ContainerApp app, string dockerfile)
    {
        var context = app.Folder.CreateSubdirectory("context");
        await File.WriteAllTextAsync(Path.Combine(context.FullName, "Dockerfile"), dockerfile);
        await File.WriteAllTextAsync(Path.Combine(context.FullName, "file"), "from the context\n");
    }
}
