using System.Globalization;
using Microsoft.AspNetCore.Http.Features.Authentication;
using Microsoft.Extensions.Primitives;
using Waiide.Gateway;
using Waiide.Gateway.Auth;
using Waiide.Gateway.Hub;

// What it costs the gateway to see again that somebody is signed in and allowed: the authentication and authorization of a gateway under the hub of the environment, asked by one thread. The argument is a
// token of that hub. Prints a line for each of five rounds: microseconds of processor, which others on the machine do not lengthen, and allocated bytes of one answer; making a
// request look new is in the microseconds.
const int Times = 100_000;
var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
builder.AddGatewayOptions();
builder.AddHub();
builder.AddGatewayAuth();
builder.Services.AddSingleton<GatewayMetrics>();
await using var app = builder.Build();
var services = app.Services;

// The hub's session and what other programs of a host leave there come along, as in a browser.
var (sessions, context) = (services.GetRequiredService<Sessions>(), new DefaultHttpContext { RequestServices = services });
sessions.Begin(context, args[0]);
var cookie = context.Response.Headers.SetCookie[0]!.Split(';')[0];
context.Request.Method = HttpMethods.Get;
context.Request.Host = new HostString("127.0.0.1", 8000);
context.Request.Headers.Cookie = $"jupyterhub-session-id=0123456789abcdef0123456789abcdef; _xsrf=2|0123abcd|0123456789abcdef0123456789abcdef|1234567890; {cookie}";
context.Request.Headers.Origin = "http://127.0.0.1:8000";
context.SetEndpoint(new Endpoint(_ => Task.CompletedTask, new EndpointMetadataCollection(), "what is asked for"));

// The long way, once.
context.User = await services.GetRequiredService<HubAccess>().IdentifyAsync(context, args[0], sessions.Of(context.Request).Single()) ?? throw new InvalidOperationException("The hub does not know the token.");
var known = services.GetRequiredService<KnownVisitors>();
known.Remember(context);

// Each request comes with a line of cookies that was read anew, and without what the last one has found out.
var lines = Enumerable.Range(0, 1000).Select(_ => new StringValues(new string(context.Request.Headers.Cookie[0]))).ToArray();

for (var round = 0; round < 6; round++)
{
    var (allocated, start) = (GC.GetAllocatedBytesForCurrentThread(), Environment.CpuUsage.TotalTime);
    for (var time = 0; time < Times; time++)
    {
        context.Features.Set<IHttpAuthenticationFeature>(null);
        context.Features.Set<Standing>(null);
        context.Request.Headers.Cookie = lines[time % lines.Length];
        if (!known.Admit(context))
        {
            throw new InvalidOperationException("Who was let in is not let in again.");
        }
    }

    var (took, bytes) = (Environment.CpuUsage.TotalTime - start, GC.GetAllocatedBytesForCurrentThread() - allocated);
    if (round > 0) // Before, it was compiled.
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{took.TotalMicroseconds / Times:0.000} {(double)bytes / Times:0.0}"));
    }
}
