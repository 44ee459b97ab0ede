using Waiide.Hub.Mock;
using Waiide.Hub.Mock.Api;
using Waiide.Hub.Mock.Auth;
using Waiide.Hub.Mock.Faults;
using Waiide.Hub.Mock.Front;
using Waiide.Hub.Mock.OAuth;
using Waiide.Hub.Mock.Pages;
using Waiide.Hub.Mock.Servers;
using Waiide.Hub.Mock.State;
using Waiide.ServiceDefaults;

if (args is ["--version"])
{
    Console.WriteLine(ProgramVersion.Line(typeof(HubOptions).Assembly));
    return 0;
}

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
if (!builder.AddHubOptions()) // Hub:*, or every mistake at once
{
    return 1;
}

builder.AddTraces();          // whose word on traces counts
builder.AddListeners();       // the front's port and the API's
HubMetrics.AddTo(builder);     // what it counts, for /hub/metrics and a collector
builder.AddFront();           // our front proxy, or the client of another
builder.Services.AddSingleton(TimeProvider.System);
builder.AddState();           // users, groups, servers, tokens, who may do what, and the database that keeps it
builder.AddAuth();            // sessions, forgery, callers
builder.Services.AddSingleton<AuthorizationCodes>();
builder.AddApi();             // models of users, groups, tokens
builder.AddServers();         // starting, watching, stopping
builder.AddFaults();          // what goes wrong when it is asked to

await using var app = builder.Build();
if (!app.OpenState())         // Hub:Database, or why it cannot be had
{
    return 1;
}

var options = app.Services.GetRequiredService<HubOptions>();
app.UseFaults();                     // off unless Hub:Faults:Enabled
app.UseFront(options);               // on the front: /user/... to its server; the rest is the hub's
HubMetrics.UseOn(app, options);      // requests to the API by their outcome
app.UseMiddleware<HubErrors>();      // the hub's headers, and failures as JupyterHub says them
app.UseHubPrefix(options);           // everything outside /hub/ is led into it
app.UseRouting();
app.UseExactPaths();                 // 404 and 405
app.UseMiddleware<Gate>();           // closed but for what endpoints allow
app.MapFaults(options);              // /hub/api/faults
app.MapApi(options);                 // /hub/api, users, activity, tokens
app.MapServers(options);             // /hub/api/users/.../server: start, stop, progress
app.MapAuthorize(options);           // /hub/api/oauth2/authorize
app.MapToken(options);               // /hub/api/oauth2/token
app.MapLogin(options);               // /hub/login, /hub/logout
app.MapReports(options);             // /hub/metrics, /hub/security/csp-report
app.MapProxyErrors(options);         // /hub/error/503 and others
app.MapPages(options);               // /hub/home and what leads to servers
return await app.ExitOrBeginAnewAsync(await app.RunHubAsync());
