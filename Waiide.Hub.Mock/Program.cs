using Waiide.Hub.Mock;
using Waiide.Hub.Mock.Api;
using Waiide.Hub.Mock.Auth;
using Waiide.Hub.Mock.Front;
using Waiide.Hub.Mock.OAuth;
using Waiide.Hub.Mock.Pages;
using Waiide.Hub.Mock.Servers;
using Waiide.Hub.Mock.State;
using Waiide.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
if (!builder.AddHubOptions()) // Hub:*, or every mistake at once
{
    return 1;
}

builder.AddListeners();       // the front's port and the API's
builder.AddFrontProxy();
builder.Services.AddSingleton(TimeProvider.System);
builder.Services.AddSingleton<Store>();    // the database
builder.Services.AddSingleton<HubState>(); // users, groups, servers, tokens
builder.Services.AddSingleton<Roles>();
builder.Services.AddSingleton<Shares>();
builder.Services.AddSingleton<Permissions>(); // who may do what
builder.Services.AddSingleton<Sessions>();
builder.Services.AddSingleton<Xsrf>();
builder.Services.AddSingleton<Callers>();
builder.Services.AddSingleton<LoginThrottle>();
builder.Services.AddSingleton<AuthorizationCodes>();
builder.AddApi();             // models of users, groups, tokens
builder.AddServers();         // starting, watching, stopping

var app = builder.Build();
var options = app.Services.GetRequiredService<HubOptions>();
app.UseFrontProxy();                 // on the front: /user/... to its server; the rest is the hub's
app.UseMiddleware<HubErrors>();      // the hub's headers, and failures as JupyterHub says them
app.UseHubPrefix(options);           // everything outside /hub/ is led into it
app.UseRouting();
app.UseExactPaths();                 // 404 and 405
app.UseMiddleware<Gate>();           // closed but for what endpoints allow
app.MapApi(options);                 // /hub/api, users, activity, tokens
app.MapServers(options);             // /hub/api/users/.../server: start, stop, progress
app.MapAuthorize(options);           // /hub/api/oauth2/authorize
app.MapToken(options);               // /hub/api/oauth2/token
app.MapLogin(options);               // /hub/login, /hub/logout
app.MapPages(options);               // /hub/home and what leads to servers
return await app.RunHubAsync();
