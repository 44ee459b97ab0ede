using Waiide.AppHost;

JupyterHubServer.ForgetInheritedVariables();
var builder = DistributedApplication.CreateBuilder(args);
var inherited = InheritedVariables.Take();
if (Settings.Read(builder) is not { } settings)
{
    return 1;
}

// ---- where it goes when it is published: docker compose, or whatever azd makes of the manifest ---------
builder.AddCompose(settings);

// ---- secrets: generated where they are not given as Parameters:<name> ------------------------------
// The IDE server knows only this hash and nobody a password for it; who sends it as a cookie is the gateway.
var ideKey = builder.AddParameter("ide-key", Generated.Key(48), secret: true)
    .WithDescription("The HASHED_PASSWORD of the IDE server, by which the gateway signs in to it.");

// ---- the IDE: code-server, a process of this machine, or an image of the same -------------------------
var ide = builder.AddIde(settings, ideKey);

// ---- the gateway ------------------------------------------------------------------------------------
var gateway = builder.AddProject<Projects.Waiide_Gateway>("gateway")
    .WithHttpEndpoint(port: settings.GatewayPort, targetPort: settings.GatewayTarget, name: "http", env: "PORT")
    .WithReference(ide.GetEndpoint("http"))
    .WithEnvironment("WAIIDE_IDE_URL", "http://ide")
    .WithEnvironment("WAIIDE_IDE_HASHED_PASSWORD", ideKey)
    .WithEnvironment("WAIIDE_WORKSPACE", settings.Workspace)
    .WithEnvironment("WAIIDE_DATA_DIR", settings.DataDirectory)
    .WithHttpHealthCheck("/health", endpointName: "http")
    .WaitFor(ide)
    .AsGateway(settings);
inherited.GiveToGateway(gateway);

// ---- who may come in: the users of a hub, or whoever has the token ---------------------------------------
if (settings.Mode == Mode.JupyterHub)
{
    var user = settings.HubUser;
    var password = builder.AddSignInSecret($"{user}-password", 16)
        .WithDescription($"The password of the user {user} at the hub.");
    var serverToken = builder.AddParameter($"{user}-server-token", Generated.Key(32), secret: true)
        .WithDescription("What a spawner gives a server as JUPYTERHUB_API_TOKEN.");

    var hub = builder.AddProject<Projects.Waiide_Hub_Mock>("hub")
        .WithHttpEndpoint(port: settings.HubPort, targetPort: settings.HubTarget, name: "front", env: "Hub__FrontPort")
        .WithHttpEndpoint(port: settings.HubApiPublicPort, targetPort: settings.HubApiTarget, name: "api", env: "Hub__ApiPort")
        .WithEnvironment($"Hub__Users__{user}", password)
        .WithHttpHealthCheck("/hub/health", endpointName: "api")
        .WithUrlForEndpoint("front", url => url.DisplayText = "Sign in")
        .WithUrlForEndpoint("api", url => url.DisplayText = "Hub API")
        .WithEndpoint("front", endpoint => endpoint.IsExternal = true)
        .AsHub(settings);
    inherited.GiveToHub(hub);

    var door = builder.AddDoor(settings, hub.GetEndpoint("front"), gateway);
    gateway
        .WithJupyterHub(hub, door.Url, user, serverToken)
        // Its front is this hub, which lets nobody else say what belongs to which trace; published it collects none at first, and hands on what a browser says.
        .WithEnvironment("WAIIDE_TRUST_TRACEPARENT", settings.IsPublished ? "0" : "1")
        .WithUrlForEndpoint("http", url => url.DisplayText = "Gateway (come in through the hub)")
        .WaitFor(hub);
    Welcome.WhenReady(
        door.Last,
        link: ReferenceExpression.Create($"{door.Url}/user/{user}/"),
        signIn: ReferenceExpression.Create($"as {user} with the password {password}"));
}
else
{
    var token = builder.AddSignInSecret("gateway-token", 32)
        .WithDescription("The token that opens the gateway.");
    gateway
        .WithEnvironment("WAIIDE_TOKEN", token)
        .WithUrlForEndpoint("http", url => url.DisplayText = "Waiide")
        .WithExternalHttpEndpoints();

    var door = builder.AddDoor(settings, gateway.GetEndpoint("http"), gateway);
    Welcome.WhenReady(
        door.Last,
        link: ReferenceExpression.Create($"{door.Url}/login?token={token}"),
        signIn: ReferenceExpression.Create($"the link does it"));
}

builder.Build().Run();
return Environment.ExitCode;
