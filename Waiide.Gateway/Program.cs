using Waiide.Gateway;
using Waiide.Gateway.Activity;
using Waiide.Gateway.Api;
using Waiide.Gateway.Assets;
using Waiide.Gateway.Auth;
using Waiide.Gateway.Doctor;
using Waiide.Gateway.Edge;
using Waiide.Gateway.Hub;
using Waiide.Gateway.Ide;
using Waiide.Gateway.Open;
using Waiide.Gateway.Proxy;
using Waiide.ServiceDefaults;

if (CommandLine.Answers(args))
{
    return 0;
}

if (args is ["doctor", .. var asked])
{
    return await Examination.RunAsync(asked);
}

if (args is ["health"])
{
    return await HealthQuestion.AskAsync();
}

try
{
    Signals.ListenToInterrupt();

    // Slim: without IIS, HTTP/3 and static web assets. Not the working directory: an appsettings.json in somebody's workspace is no setting of ours. Nor is one watched: a user has a number
    // of inotify instances, and each gateway would take one.
    var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory, Args = ["--hostBuilder:reloadConfigOnChange=false"] });
    builder.AddGatewayOptions();
    builder.AddServiceDefaults();
    builder.AddTraces();
    builder.AddListener();
    builder.AddLegacyAddresses();
    builder.AddHub();
    builder.AddGatewayAuth();
    builder.AddActivity();
    builder.AddApi();
    builder.AddIde();
    builder.AddAssets();
    builder.AddOpen();
    builder.AddIdeProxy();

    var app = builder.Build();
    app.UseRequestTimes();
    app.UsePublicScheme();
    app.UseSecurityHeaders();
    app.UseHubVersion();
    app.UseFailurePage();
    app.UseOneReading();
    app.UsePrefix();
    app.UseRouting();
    app.UseQuietEndpoints(also: IdePages.IsPollInVain);
    app.UsePaceOfAnonymousBodies();
    app.UseKnownVisitors();
    app.UseAuthentication();
    app.UseCrossSiteChecks();
    app.UseAuthorization();
    app.UseMemoryOfVisitors();
    app.UseStandingWatch();
    app.MapHealthEndpoints();
    app.MapApi();
    app.MapActivity();
    app.MapAuth();
    app.MapOpen();
    app.MapLegacyAddresses();
    app.MapIdeProxy();
    app.RequireDeclaredPolicies();

    if (args is ["endpoints"])
    {
        app.PrintEndpoints();
        return 0;
    }

    return await app.ServeAsync();
}
catch (CannotStartException mistake)
{
    Console.Error.WriteLine(mistake.Message);
    return 1;
}
