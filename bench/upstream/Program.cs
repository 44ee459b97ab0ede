using System.Globalization;
using Bench.Upstream;
using Microsoft.AspNetCore.Http.Features;

// What stands behind every proxy that is measured: an IDE server as far as the gateway asks, answers of known sizes, an echo, and a count of all that came. ASPNETCORE_URLS says where.
var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.ConfigureKestrel(kestrel =>
{
    kestrel.Limits.MaxRequestBodySize = null;
    kestrel.Limits.MinRequestBodyDataRate = null;
    kestrel.Limits.MinResponseDataRate = null;
});
var app = builder.Build();
var counts = new Counts();
var coldLoad = await ColdLoad.ReadAsync(Path.Combine(AppContext.BaseDirectory, "workload.json"));
byte[] kilobyte = Content.OfSize(1 << 10), megabyte = Content.OfSize(1 << 20);
app.UseWebSockets();
app.Use((context, next) =>
{
    counts.Add(context.Request.Path.Value!);
    return next(context);
});
app.Run(context => context.Request.Path.Value switch
{
    "/1k" => Content.SendAsync(context, kilobyte),
    "/1m" => Content.SendAsync(context, megabyte),
    "/down" => Content.SendManyAsync(context, megabyte, int.Parse(context.Request.Query["megabytes"]!, CultureInfo.InvariantCulture)),
    "/up" => Content.ReceiveAsync(context),
    "/echo" => Echo.AnswerAsync(context),
    "/counts" => context.Response.WriteAsJsonAsync(counts.All),
    "/version" => context.Response.WriteAsync("0123456789abcdef0123456789abcdef01234567"),
    "/v1/traces" or "/v1/metrics" or "/v1/logs" => Content.SwallowAsync(context), // As much of a receiver as an exporter asks for.
    _ => coldLoad.AnswerAsync(context, context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget),
});
app.Run();
