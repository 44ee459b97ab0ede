// The least that forwards with YARP: what the gateway is measured against. Bench.Yarp UPSTREAM, and ASPNETCORE_URLS.
using System.Net;
using Yarp.ReverseProxy.Forwarder;

var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);
builder.Services.AddHttpForwarder();
var app = builder.Build();
using var client = new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false, AutomaticDecompression = DecompressionMethods.None });
app.MapForwarder("/{**path}", args[0], ForwarderRequestConfig.Empty, HttpTransformer.Default, client);
app.Run();
