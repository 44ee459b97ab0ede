using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Docker.Resources.ServiceNodes;

namespace Waiide.Tests.Hosting.Publish;

/// <summary>What the sample does not have: rules of compose files that the real publisher follows.</summary>
public sealed class ComposeTests
{
    [Fact]
    public async Task A_port_is_open_on_the_host_where_it_is_external_and_fixed_only_where_somebody_chose_it()
    {
        await using var published = Published.AsCompose();
        published.Builder.AddProject<StubProject>("app", launchProfileName: null).WithHttpEndpoint(port: 8070, name: "http", env: "PORT").WithExternalHttpEndpoints();
        published.Builder.AddProject<StubProject>("other", launchProfileName: null).WithHttpEndpoint(port: 8071, name: "http").WithHttpEndpoint(name: "admin");
        published.Builder.AddContainer("cache", "cache:1").WithHttpEndpoint(targetPort: 6379).WithExternalHttpEndpoints().WithContainerName("the-cache");
        var compose = await published.ComposeAsync();

        Assert.Contains(".services.app.ports[0] = \"8070:${APP_PORT}\"", compose);
        Assert.Contains(".services.app.environment.PORT = \"${APP_PORT}\"", compose);
        Assert.DoesNotContain(compose, line => line.StartsWith(".services.app.environment.HTTP_PORTS", StringComparison.Ordinal));
        Assert.Contains(".services.other.expose[0] = \"${OTHER_PORT}\"", compose);
        // Only the first is told where it is deployed.
        Assert.Contains(".services.other.expose[1] = \"8000\"", compose);
        Assert.Contains(".services.other.environment.HTTP_PORTS = \"${OTHER_PORT};8000\"", compose);
        Assert.Contains(".services.cache.ports[0] = \"6379\"", compose);
        Assert.Contains(".services.cache.container_name = \"the-cache\"", compose);
    }

    [Fact]
    public async Task Files_that_the_AppHost_makes_stand_in_the_compose_file_and_files_of_this_machine_beside_it()
    {
        await using var published = Published.AsCompose();
        var source = Path.Combine(published.Folder, "source.conf");
        await File.WriteAllTextAsync(source, "from a file");
        published.Builder.AddContainer("Front", "nginx", "1.28").WithContainerFiles("/etc/nginx",
        [
            new ContainerFile { Name = "nginx.conf", Contents = "listen \"8443\";\n" },
            new ContainerDirectory
            {
                Name = "conf.d",
                Owner = 101,
                Entries =
                [
                    new ContainerFile { Name = "site.conf", SourcePath = source, Mode = UnixFileMode.UserRead },
                    new ContainerFile { Name = "other.conf", Contents = "x" },
                ],
            },
        ]);
        var compose = await published.ComposeAsync();

        Assert.Equal(
        [
            ".services.front.configs[0].source = \"front__etc_nginx_nginx.conf\"",
            ".services.front.configs[0].target = \"/etc/nginx/nginx.conf\"",
            ".services.front.configs[0].mode = 0644",
            ".services.front.configs[1].source = \"front__etc_nginx_conf.d_site.conf\"",
            ".services.front.configs[1].target = \"/etc/nginx/conf.d/site.conf\"",
            ".services.front.configs[1].uid = \"101\"",
            ".services.front.configs[1].mode = 0400",
            ".services.front.configs[2].source = \"front__etc_nginx_conf.d_other.conf\"",
            ".services.front.configs[2].target = \"/etc/nginx/conf.d/other.conf\"",
            ".services.front.configs[2].uid = \"101\"",
            ".services.front.configs[2].mode = 0644",
        ], compose.Where(line => line.StartsWith(".services.front.configs", StringComparison.Ordinal)));
        Assert.Contains(".configs.front__etc_nginx_nginx.conf.content = \"listen \"8443\";\n\"", compose);
        Assert.Contains(".configs.front__etc_nginx_conf.d_site.conf.file = \"front/etc/nginx/conf.d/site.conf\"", compose);
        Assert.Equal("from a file", published.Read("front/etc/nginx/conf.d/site.conf"));
    }

    [Fact]
    public async Task A_service_is_what_the_AppHost_makes_of_it()
    {
        await using var published = Published.AsCompose(compose => compose.WithDashboard(false).ConfigureComposeFile(file => file.Services["app"].StopGracePeriod = "9s"));
        published.Builder.AddContainer("app", "app:1").PublishAsDockerComposeService((_, service) =>
        {
            service.Restart = "always";
            service.ReadOnly = true;
            service.Init = true;
            service.User = "1000:1000";
            service.CapDrop.Add("ALL");
            service.SecurityOpt.Add("no-new-privileges:true");
            service.Tmpfs.Add("/tmp");
            service.Healthcheck = new Healthcheck { Test = ["CMD", "true"], Interval = "5s", Timeout = "2s", StartPeriod = "10s", Retries = 3 };
        });
        var compose = await published.ComposeAsync();

        Assert.Equal(
        [
            ".services.app.image = \"app:1\"",
            ".services.app.user = \"1000:1000\"",
            ".services.app.networks[0] = \"aspire\"",
            ".services.app.restart = \"always\"",
            ".services.app.healthcheck.test[0] = \"CMD\"",
            ".services.app.healthcheck.test[1] = \"true\"",
            ".services.app.healthcheck.interval = \"5s\"",
            ".services.app.healthcheck.timeout = \"2s\"",
            ".services.app.healthcheck.retries = 3",
            ".services.app.healthcheck.start_period = \"10s\"",
            ".services.app.cap_drop[0] = \"ALL\"",
            ".services.app.init = true",
            ".services.app.read_only = true",
            ".services.app.security_opt[0] = \"no-new-privileges:true\"",
            ".services.app.stop_grace_period = \"9s\"",
            ".services.app.tmpfs[0] = \"/tmp\"",
            ".networks.aspire.driver = \"bridge\"",
        ], compose);
    }

    [Fact]
    public async Task Only_projects_and_containers_are_services_and_those_that_are_left_out_are_none()
    {
        await using var published = Published.AsCompose();
        var step = published.Builder.AddExecutable("step", "true", ".");
        var once = published.Builder.AddDockerfile("once", "..").WithExplicitStart();
        var excluded = published.Builder.AddContainer("excluded", "excluded").WithHttpEndpoint(targetPort: 81).ExcludeFromManifest();
        published.Builder.AddContainer("app", "app:1")
            .WithEntrypoint("/bin/sh")
            .WithArgs("-c", "echo $HOME ${X} $$ok")
            .WithEnvironment("OTHER", excluded.GetEndpoint("http"))
            .WaitForCompletion(step)
            .WaitForCompletion(once);
        var compose = await published.ComposeAsync();

        Assert.Equal(["once", "app"], compose.Select(line => line.Split('.')).Where(path => path[1] == "services").Select(path => path[2]).Distinct());
        Assert.Contains(".services.once.image = \"${ONCE_IMAGE}\"", compose);
        Assert.Contains(".services.app.depends_on.once.condition = \"service_completed_successfully\"", compose);
        Assert.DoesNotContain(compose, line => line.StartsWith(".services.app.depends_on.step", StringComparison.Ordinal));
        Assert.Contains(".services.app.environment.OTHER = \"http://excluded:81\"", compose);
        Assert.Contains(".services.app.entrypoint[0] = \"/bin/sh\"", compose);
        // A shell's variables are its own: compose would fill them in.
        Assert.Contains(".services.app.command[1] = \"echo $$HOME $${X} $$ok\"", compose);
    }

    [Fact]
    public async Task A_reference_to_what_cannot_be_a_service_is_refused_by_name()
    {
        await using var published = Published.AsCompose();
        var ide = published.Builder.AddExecutable("ide", "true", ".").WithHttpEndpoint(name: "http");
        published.Builder.AddContainer("app", "app").WithEnvironment("IDE", ide.GetEndpoint("http"));

        var refusal = await Assert.ThrowsAsync<DistributedApplicationException>(published.PublishAsync);
        Assert.Equal("Step 'publish-compose' failed: Endpoint 'http' of 'ide' is asked for, and 'ide' cannot be in a compose file: only projects and containers can.", refusal.Message);
        Assert.Empty(Directory.EnumerateFileSystemEntries(published.Folder));
    }

    [Fact]
    public async Task Secrets_are_variables_without_values_and_what_somebody_wrote_into_the_file_stays()
    {
        await using var published = Published.AsCompose(null, "Parameters:token=hunter2");
        await File.WriteAllTextAsync(Path.Combine(published.Folder, ".env"), "# mine\nTOKEN=kept\n\nOLD='two\n#lines=1'\n");
        published.Builder.AddContainer("app", "app:1")
            .WithEnvironment("TOKEN", published.Builder.AddParameter("token", secret: true))
            .WithEnvironment("URL", $"http://x/{published.Builder.AddParameter("base-path", "/given/")}");
        var compose = await published.ComposeAsync();

        Assert.Contains(".services.app.environment.TOKEN = \"${TOKEN}\"", compose);
        Assert.Contains(".services.app.environment.URL = \"http://x/${BASE_PATH}\"", compose);
        Assert.Equal("# Parameter base-path\nBASE_PATH=\n\nOLD='two\n#lines=1'\n\n# mine\nTOKEN=kept\n\n", published.Read(".env"));
        Assert.DoesNotContain(Directory.EnumerateFiles(published.Folder), file => File.ReadAllText(file).Contains("hunter2", StringComparison.Ordinal));
        Assert.DoesNotContain(published.Logged, line => line.Contains("hunter2", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_new_file_of_variables_is_its_owners_only()
    {
        await using var published = Published.AsCompose();
        published.Builder.AddDockerfile("app", "..");
        await published.PublishAsync();

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(published.Folder, ".env")));
    }

    [Fact]
    public async Task Without_a_dashboard_nobody_is_told_to_send_telemetry()
    {
        await using var published = Published.AsCompose();
        published.Builder.AddProject<StubProject>("app").DisableForwardedHeaders();
        var compose = await published.ComposeAsync();

        Assert.Equal(
            [".services.app.environment.OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY = \"in_memory\"", ".services.app.environment.HTTP_PORTS = \"${APP_PORT}\""],
            compose.Where(line => line.StartsWith(".services.app.environment", StringComparison.Ordinal)));
        Assert.DoesNotContain(compose, line => line.Contains("compose-dashboard", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_service_without_a_compose_file_to_be_in_is_refused()
    {
        await using var published = Published.AsManifest();
        published.Builder.AddContainer("app", "app").PublishAsDockerComposeService((_, _) => { });

        var refusal = await Assert.ThrowsAsync<DistributedApplicationException>(published.PublishAsync);
        Assert.StartsWith("Step 'validate-docker-compose' failed: Resource 'app' is configured to publish as a Docker Compose service, but there are no ", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task To_publish_to_nothing_is_a_mistake()
    {
        await using var host = StubAppHost.Describe("--operation", "publish", "--step", "publish");
        var refusal = await Assert.ThrowsAsync<DistributedApplicationException>(host.StartAsync);
        Assert.StartsWith("There is nothing to publish to: add an environment", refusal.Message, StringComparison.Ordinal);
    }
}
