using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Waiide.Tests.Hosting;

public sealed class EnvironmentTests
{
    [Fact]
    public async Task A_child_gets_texts_callbacks_parameters_endpoints_and_expressions()
    {
        await using var host = StubAppHost.Describe("Parameters:color=blue");
        var server = host.AddShell("server", "true").WithHttpEndpoint(targetPort: 4711, name: "http");
        var color = host.Builder.AddParameter("color");
        var child = host.AddEnv("child")
            .WithEnvironment("TEXT", "a {text}")
            .WithEnvironment("EMPTY", (string?)null)
            .WithEnvironment("LATER", () => "found later")
            .WithEnvironment("COLOR", color)
            .WithEnvironment("URL", server.GetEndpoint("http"))
            .WithEnvironment("HOST_PORT", server.GetEndpoint("http").Property(EndpointProperty.HostAndPort))
            .WithEnvironment("PRIVATE", server.GetEndpoint("http").Property(EndpointProperty.TargetPort))
            .WithEnvironment("EXPRESSION", ReferenceExpression.Create($"{server.GetEndpoint("http")}/{{{color}}}"))
            .WithEnvironment("INTERPOLATED", $"{color}:{server.GetEndpoint("http").Property(EndpointProperty.Port)}")
            .WithEnvironment(context => context.EnvironmentVariables["CALLBACK"] = context.Resource.Name);
        await host.StartAsync();

        var environment = await host.Environment(child);
        var url = server.GetEndpoint("http").Url;
        Assert.StartsWith("http://localhost:", url, StringComparison.Ordinal);
        Assert.Equal("a {text}", environment["TEXT"]);
        Assert.Equal("", environment["EMPTY"]);
        Assert.Equal("found later", environment["LATER"]);
        Assert.Equal("blue", environment["COLOR"]);
        Assert.Equal(url, environment["URL"]);
        Assert.Equal(url["http://".Length..], environment["HOST_PORT"]);
        Assert.Equal("4711", environment["PRIVATE"]);
        Assert.Equal($"{url}/{{blue}}", environment["EXPRESSION"]);
        Assert.Equal($"blue:{server.GetEndpoint("http").Port}", environment["INTERPOLATED"]);
        Assert.Equal("child", environment["CALLBACK"]);
        Assert.Equal(System.Environment.GetEnvironmentVariable("PATH"), environment["PATH"]);
        Assert.DoesNotContain("ASPNETCORE_URLS", environment.Keys);
    }

    [Fact]
    public async Task A_reference_gives_both_families_of_variables_once()
    {
        await using var host = StubAppHost.Describe();
        var hub = host.Builder.AddProject<StubProject>("the-hub", launchProfileName: null)
            .WithHttpEndpoint(name: "http")
            .WithHttpEndpoint(name: "api")
            .WithExplicitStart();
        var ide = host.AddShell("ide", "true").WithHttpEndpoint(name: "http").WithHttpEndpoint(name: "other");
        var child = host.AddEnv("child")
            .WithReference(hub)
            .WithReference(hub)
            .WithReference(hub, "alias")
            .WithReference(ide.GetEndpoint("http"))
            .WithReference("outside", new Uri("http://example.org"));
        await host.StartAsync();

        var environment = await host.Environment(child);
        var (front, api) = (hub.GetEndpoint("http").Url, hub.GetEndpoint("api").Url);
        Assert.Equal(front, environment["THE_HUB_HTTP"]);
        Assert.Equal(api, environment["THE_HUB_API"]);
        Assert.Equal(front, environment["services__the-hub__http__0"]);
        Assert.Equal(api, environment["services__the-hub__api__0"]);
        Assert.DoesNotContain("services__the-hub__http__1", environment.Keys);
        Assert.Equal(front, environment["alias_HTTP"]);
        Assert.Equal(api, environment["services__alias__api__0"]);
        Assert.Equal(ide.GetEndpoint("http").Url, environment["IDE_HTTP"]);
        Assert.DoesNotContain("IDE_OTHER", environment.Keys);
        Assert.Equal("http://example.org/", environment["outside"]);
        Assert.Equal("http://example.org/", environment["services__outside__default__0"]);
        Assert.Contains(host.Now("child").Relationships, other => other is { ResourceName: "the-hub", Type: "Reference" });
    }

    [Fact]
    public async Task Arguments_may_be_values_and_come_as_they_are()
    {
        await using var host = StubAppHost.Describe();
        var secret = host.Builder.AddParameter("secret", "s p a c e", secret: true);
        var child = host.Builder.AddExecutable("child", "printf", ".", "%s\\n", "$HOME 'quoted'")
            .WithArgs(secret, 7)
            .WithArgs(context => context.Args.Add(ReferenceExpression.Create($"<{secret}>")));
        await host.StartAsync();

        await host.Ended("child");
        Assert.Equal(["$HOME 'quoted'", "s p a c e", "7", "<s p a c e>"], await host.Printed(child));
    }

    [Fact]
    public async Task A_project_is_started_as_its_launch_profile_says()
    {
        await using var host = StubAppHost.Describe("ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL=", "ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL=http://localhost:4318");
        var first = host.Builder.AddProject<StubProject>("first")
            .WithEnvironment("FROM_PROFILE", "overridden")
            .WithHttpEndpoint(name: "extra", env: "EXTRA_PORT");
        var other = host.Builder.AddProject<StubProject>("other", "other");
        await host.StartAsync();

        await host.Ended("first");
        await host.Ended("other");
        var snapshot = host.Now("first");
        var environment = snapshot.EnvironmentVariables.ToDictionary(variable => variable.Name, variable => variable.Value);
        var (https, http) = (await PrivatePort(first, "https"), await PrivatePort(first, "http"));
        Assert.Equal($"https://localhost:{https};http://localhost:{http}", environment["ASPNETCORE_URLS"]);
        Assert.Equal($"{first.GetEndpoint("https").Port}", environment["ASPNETCORE_HTTPS_PORT"]);
        Assert.Equal(await PrivatePort(first, "extra"), environment["EXTRA_PORT"]);
        Assert.Equal("http", environment["DOTNET_LAUNCH_PROFILE"]);
        Assert.Equal("Development", environment["ASPNETCORE_ENVIRONMENT"]);
        Assert.Equal("overridden", environment["FROM_PROFILE"]);
        Assert.Equal("http://localhost:4318", environment["OTEL_EXPORTER_OTLP_ENDPOINT"]);
        Assert.Equal("http/protobuf", environment["OTEL_EXPORTER_OTLP_PROTOCOL"]);
        Assert.Equal("first", environment["OTEL_SERVICE_NAME"]);
        Assert.Equal("other", host.Now("other").EnvironmentVariables.Single(variable => variable.Name == "FROM_PROFILE").Value);

        Assert.Contains(snapshot.Urls, url => url.Name == "http" && url.Url == $"{first.GetEndpoint("http").Url}/ide/");
        var arguments = Assert.IsAssignableFrom<IEnumerable<string>>(Property("executable.args")).ToArray();
        Assert.Equal(["run", "--project", new StubProject().ProjectPath, "--no-build", "--configuration"], arguments[..5]);
        Assert.Equal(["--no-launch-profile", "--", "--greet", "good morning"], arguments[6..]);
        Assert.Equal(["--greet", "good morning"], Assert.IsAssignableFrom<IEnumerable<string>>(Property("resource.appArgs")));
        Assert.Equal("dotnet", Property("executable.path"));
        Assert.Equal(Path.GetDirectoryName(new StubProject().ProjectPath), Property("executable.workDir"));
        Assert.Equal(new StubProject().ProjectPath, Property("project.path"));
        Assert.Equal("http", Property("project.launchProfile"));

        object? Property(string name) => snapshot.Properties.Single(property => property.Name == name).Value;
    }

    [Fact]
    public async Task A_project_takes_the_launch_profile_that_has_the_name_of_the_AppHosts_own()
    {
        await using var host = StubAppHost.Describe("DOTNET_LAUNCH_PROFILE=other");
        host.Builder.AddProject<StubProject>("project");
        await host.StartAsync();

        await host.Ended("project");
        Assert.Equal("other", host.Now("project").EnvironmentVariables.Single(variable => variable.Name == "FROM_PROFILE").Value);
    }

    [Fact]
    public async Task No_telemetry_is_sent_to_a_dashboard_that_is_not_there()
    {
        await using var host = StubAppHost.DescribeWithDashboard();
        Assert.NotEmpty(host.Builder.Configuration["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"]!);
        host.Builder.AddProject<StubProject>("project");
        await host.StartAsync();

        await host.Ended("project");
        Assert.DoesNotContain(host.Now("project").EnvironmentVariables, variable => variable.Name.StartsWith("OTEL_", StringComparison.Ordinal));
    }

    [Fact]
    public void A_launch_profile_that_is_not_there_is_named()
    {
        var builder = StubAppHost.Describe().Builder;
        var refusal = Assert.ThrowsAny<Exception>(() => builder.AddProject<StubProject>("project", "missing"));
        Assert.Contains("'missing'", refusal.Message, StringComparison.Ordinal);
    }

    private static ValueTask<string?> PrivatePort(IResourceBuilder<IResourceWithEndpoints> resource, string endpoint) =>
        resource.GetEndpoint(endpoint).Property(EndpointProperty.TargetPort).GetValueAsync();
}
