using Waiide.Gateway;
using Waiide.Gateway.Activity;
using Waiide.Gateway.Ide;
using Waiide.Gateway.Proxy;

var builder = WebApplication.CreateBuilder(args);
var settings = builder.Configuration;
builder.Services.AddSingleton(new GatewayOptions
{
    Port = int.Parse(settings["PORT"]!),
    Prefix = settings["JUPYTERHUB_SERVICE_PREFIX"] ?? "/",
    AuthIsOff = true,
    IdeUrl = settings["WAIIDE_IDE_URL"] is { } url ? new Uri(url) : null,
    IdeHashedPassword = settings["WAIIDE_IDE_HASHED_PASSWORD"],
    IdeCommand = settings["WAIIDE_IDE_COMMAND"] ?? "code-server",
    VscodePort = settings["VSCODE_PORT"] is { } port ? int.Parse(port) : null,
    Workspace = settings["WAIIDE_WORKSPACE"] ?? "",
    DataDirectory = settings["WAIIDE_DATA_DIR"] ?? "",
});
builder.Services.AddSingleton(TimeProvider.System);
builder.Services.AddSingleton<LastActivity>();
builder.Services.AddServiceDiscovery();
builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(4));
builder.WebHost.ConfigureKestrel(kestrel =>
{
    kestrel.ListenLocalhost(int.Parse(settings["PORT"]!));
    kestrel.Limits.MaxRequestBodySize = null;
    kestrel.Limits.MinRequestBodyDataRate = null;
    kestrel.Limits.MinResponseDataRate = null;
});
builder.AddIde();
builder.AddIdeProxy();
var app = builder.Build();
var pathBase = Uri.UnescapeDataString(settings["JUPYTERHUB_SERVICE_PREFIX"] ?? "/").TrimEnd('/');
app.Use((context, next) =>
{
    if (pathBase.Length > 0 && context.Request.Path.StartsWithSegments(pathBase, StringComparison.Ordinal, out var rest))
    {
        context.Request.PathBase = pathBase;
        context.Request.Path = rest;
    }

    return next(context);
});
app.UseRouting();
app.MapIdeProxy();
app.Run();
