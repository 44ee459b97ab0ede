using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Waiide.AppHost;

JupyterHubServer.ForgetInheritedVariables();
var builder = DistributedApplication.CreateBuilder(args);
if (Settings.Read(builder) is not { } settings)
{
    return 1;
}

// ---- secrets: generated where they are not given as Parameters:<name> ------------------------------
// The IDE server knows only this hash and nobody a password for it; who sends it as a cookie is the gateway.
var ideKey = builder.AddParameter("ide-key", Generated.Key(48), secret: true)
    .WithDescription("The HASHED_PASSWORD of the IDE server, by which the gateway signs in to it.");

// ---- the IDE: installed once, then code-server ------------------------------------------------------
var ideInstall = builder.AddExecutable("ide-install", "node", settings.IdeFolder, "provision.mjs")
    .WithProgress("ide: ")
    .ExcludeFromManifest();

var ide = builder.AddExecutable("ide", "./code-server", settings.IdeFolder)
    .WithHttpEndpoint(port: settings.IdePort, name: "http")
    .WithEnvironment("HASHED_PASSWORD", ideKey)
    .WithIdeArguments(settings)
    .WithUrlForEndpoint("http", url => url.DisplayText = "IDE (only through the gateway)")
    .WaitForCompletion(ideInstall)
    .ExcludeFromManifest();

// code-server's own /healthz answers before VS Code is loaded, and without a password: it would prove nothing.
builder.Services.AddHealthChecks().Add(new HealthCheckRegistration(
    "ide-version", _ => new IdeHealthCheck(ide.GetEndpoint("http"), ideKey.Resource), HealthStatus.Unhealthy, tags: null));
ide.WithHealthCheck("ide-version");

// ---- the gateway ------------------------------------------------------------------------------------
var gateway = builder.AddProject<Projects.Waiide_Gateway>("gateway")
    .WithHttpEndpoint(port: settings.GatewayPort, name: "http", env: "PORT")
    .WithReference(ide.GetEndpoint("http"))
    .WithEnvironment("WAIIDE_IDE_URL", "http://ide")
    .WithEnvironment("WAIIDE_IDE_HASHED_PASSWORD", ideKey)
    .WithEnvironment("WAIIDE_WORKSPACE", settings.Workspace)
    .WithEnvironment("WAIIDE_DATA_DIR", settings.DataDirectory)
    .WithHttpHealthCheck("/health", endpointName: "http")
    .WithExternalHttpEndpoints()
    .WaitFor(ide);

// The port that people see is the engine's, of which the gateway does not know that it leads back to itself.
gateway.WithEnvironment(
    "WAIIDE_DENIED_PORTS", ReferenceExpression.Create($"{gateway.GetEndpoint("http").Property(EndpointProperty.Port)},{builder.Configuration["WAIIDE_DENIED_PORTS"] ?? ""}"));

// ---- who may come in: the users of a hub, or whoever has the token ---------------------------------------
if (settings.Mode == Mode.JupyterHub)
{
    var password = builder.AddParameter("demo-password", Generated.Key(16), secret: true, persist: true)
        .WithDescription("The password of the user demo at the hub.");
    var serverToken = builder.AddParameter("demo-server-token", Generated.Key(32), secret: true)
        .WithDescription("What a spawner gives a server as JUPYTERHUB_API_TOKEN.");

    var hub = builder.AddProject<Projects.Waiide_Hub_Mock>("hub")
        .WithHttpEndpoint(port: settings.HubPort, name: "front", env: "Hub__FrontPort")
        .WithHttpEndpoint(port: settings.HubApiPort, name: "api", env: "Hub__ApiPort")
        .WithEnvironment("Hub__Users__demo", password)
        .WithSpawner(settings)
        .WithHttpHealthCheck("/hub/health", endpointName: "api")
        .WithUrlForEndpoint("front", url => url.DisplayText = "Sign in")
        .WithUrlForEndpoint("api", url => url.DisplayText = "Hub API")
        .WithExternalHttpEndpoints();

    // TLS, where it is asked for. The hub and its servers then know browsers by its address.
    var front = builder.AddFront(settings, hub.GetEndpoint("front"), gateway);
    var door = front?.GetEndpoint("https") ?? hub.GetEndpoint("front");
    if (front is not null)
    {
        // Then the hub's own front is at an address that no server hears of, and no dev server all the same.
        gateway.WithEnvironment("WAIIDE_DENIED_PORTS", ReferenceExpression.Create(
            $"{gateway.GetEndpoint("http").Property(EndpointProperty.Port)},{hub.GetEndpoint("front").Property(EndpointProperty.Port)},{builder.Configuration["WAIIDE_DENIED_PORTS"] ?? ""}"));
    }

    gateway
        .WithJupyterHub(hub, door, user: "demo", serverToken)
        .WithEnvironment("WAIIDE_TRUST_TRACEPARENT", "1") // Its front is this hub, which lets nobody else say what belongs to which trace.
        .WithUrlForEndpoint("http", url => url.DisplayText = "Gateway (come in through the hub)")
        .WaitFor(hub);
    Welcome.WhenReady(
        (IResourceBuilder<IResource>?)front ?? gateway,
        link: ReferenceExpression.Create($"{door}/user/demo/"),
        signIn: ReferenceExpression.Create($"as demo with the password {password}"));
}
else
{
    var token = builder.AddParameter("gateway-token", Generated.Key(32), secret: true, persist: true)
        .WithDescription("The token that opens the gateway.");
    gateway
        .WithEnvironment("WAIIDE_TOKEN", token)
        .WithUrlForEndpoint("http", url => url.DisplayText = "Waiide");
    var front = builder.AddFront(settings, gateway.GetEndpoint("http"), gateway);
    if (front is not null)
    {
        // Through the engine's proxy it comes from loopback, as everybody does who comes to the gateway's own port; that is open to this machine only.
        gateway.WithEnvironment("WAIIDE_TRUSTED_PROXIES", "127.0.0.1");
    }

    Welcome.WhenReady(
        (IResourceBuilder<IResource>?)front ?? gateway,
        link: ReferenceExpression.Create($"{front?.GetEndpoint("https") ?? gateway.GetEndpoint("http")}/login?token={token}"),
        signIn: ReferenceExpression.Create($"the link does it"));
}

builder.Build().Run();
return Environment.ExitCode;
