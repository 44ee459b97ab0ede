using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Waiide.Tests.Hosting.Publish;

/// <summary>What the sample does not have: rules of the manifest that the real publisher follows.</summary>
public sealed class ManifestTests
{
    [Fact]
    public async Task A_parameters_default_is_written_where_it_is_meant_to_be()
    {
        await using var published = Published.AsManifest("Parameters:given=hunter2");
        published.Builder.AddParameter("given", secret: true);
        published.Builder.AddParameter("unpublished", "of this machine");
        published.Builder.AddParameter("generated", new GenerateParameterDefault { MinLength = 32, Special = false, MinNumeric = 2 }, secret: true, persist: true);
        var manifest = await published.ManifestAsync();

        Assert.Equal(
        [
            ".resources.given.type = \"parameter.v0\"",
            ".resources.given.value = \"{given.inputs.value}\"",
            ".resources.given.inputs.value.type = \"string\"",
            ".resources.given.inputs.value.secret = true",
            ".resources.unpublished.type = \"parameter.v0\"",
            ".resources.unpublished.value = \"{unpublished.inputs.value}\"",
            ".resources.unpublished.inputs.value.type = \"string\"",
            ".resources.generated.type = \"parameter.v0\"",
            ".resources.generated.value = \"{generated.inputs.value}\"",
            ".resources.generated.inputs.value.type = \"string\"",
            ".resources.generated.inputs.value.secret = true",
            ".resources.generated.inputs.value.default.generate.minLength = 32",
            ".resources.generated.inputs.value.default.generate.special = false",
            ".resources.generated.inputs.value.default.generate.minNumeric = 2",
        ], manifest);
    }

    [Fact]
    public async Task An_image_that_is_built_is_a_container_with_a_build()
    {
        await using var published = Published.AsManifest();
        var context = Path.Combine(published.Folder, "ide");
        var key = published.Builder.AddParameter("key", secret: true);
        published.Builder.AddDockerfile("ide", context, "Containerfile", "final")
            .WithBuildArg("VERSION", 4)
            .WithBuildArg("FROM_ENVIRONMENT", (object?)null)
            .WithBuildSecret("npm", key)
            .WithEntrypoint("/entry")
            .WithHttpEndpoint(port: 8443, targetPort: 8080);
        var manifest = await published.ManifestAsync();

        Assert.Equal(
        [
            ".resources.ide.type = \"container.v1\"",
            ".resources.ide.build.context = \"ide\"",
            ".resources.ide.build.dockerfile = \"ide/Containerfile\"",
            ".resources.ide.build.stage = \"final\"",
            ".resources.ide.build.args.VERSION = \"4\"",
            ".resources.ide.build.args.FROM_ENVIRONMENT = null",
            ".resources.ide.build.secrets.npm.type = \"env\"",
            ".resources.ide.build.secrets.npm.value = \"{key.value}\"",
            ".resources.ide.entrypoint = \"/entry\"",
            ".resources.ide.bindings.http.scheme = \"http\"",
            ".resources.ide.bindings.http.protocol = \"tcp\"",
            ".resources.ide.bindings.http.transport = \"http\"",
            ".resources.ide.bindings.http.port = 8443",
            ".resources.ide.bindings.http.targetPort = 8080",
        ], manifest.Where(line => line.StartsWith(".resources.ide", StringComparison.Ordinal)));
    }

    // azd refuses both of these: the AppHost leaves them out for it.
    [Fact]
    public async Task An_executable_and_a_compose_environment_are_in_the_manifest_unless_they_are_left_out()
    {
        await using var published = Published.AsManifest();
        published.Builder.AddDockerComposeEnvironment("compose");
        published.Builder.AddExecutable("step", "true", published.Folder, "-x").WithExplicitStart();
        published.Builder.AddExecutable("left-out", "true", ".").ExcludeFromManifest();
        published.Builder.AddProject<StubProject>("app", launchProfileName: null);
        var manifest = await published.ManifestAsync();

        Assert.Contains(".resources.compose.error = \"This resource does not support generation in the manifest.\"", manifest);
        Assert.Contains(".resources.step.type = \"executable.v0\"", manifest);
        Assert.Contains(".resources.step.workingDirectory = \".\"", manifest);
        Assert.Contains(".resources.step.args[0] = \"-x\"", manifest);
        Assert.DoesNotContain(manifest, line => line.StartsWith(".resources.left-out", StringComparison.Ordinal));

        // What the compose environment does to the others is in the manifest too.
        Assert.Contains(".resources.app.type = \"project.v1\"", manifest);
        Assert.Contains(".resources.app.env.OTEL_EXPORTER_OTLP_ENDPOINT = \"{compose-dashboard.bindings.otlp-grpc.url}\"", manifest);
        Assert.Contains(".resources.compose-dashboard.type = \"container.v1\"", manifest);
    }

    [Fact]
    public async Task Where_a_callback_fails_no_manifest_is_written()
    {
        await using var published = Published.AsManifest();
        published.Builder.AddContainer("app", "app").WithEnvironment("X", () => throw new InvalidOperationException("No such luck."));

        var refusal = await Assert.ThrowsAsync<DistributedApplicationException>(published.PublishAsync);
        Assert.Equal("Step 'publish-manifest' failed: No such luck.", refusal.Message);
        Assert.Empty(Directory.EnumerateFileSystemEntries(published.Folder));
    }
}
