using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.ServiceDiscovery;

namespace Waiide.Tests.ServiceDefaults;

public class ServiceDiscoveryTests
{
    [Theory]
    [InlineData("https+http://hub", "https://a:1/,https://b:2/")]
    [InlineData("http+https://hub", "http://c:3/")]
    [InlineData("https://hub", "https://a:1/,https://b:2/")]
    [InlineData("http://hub:9999", "http://c:3/")] // The query's port does not count.
    [InlineData("http://HUB", "http://c:3/")]
    [InlineData("https+http://_dashboard.hub", "http://d:4/")]
    [InlineData("http://both", "http://c:3/")]
    [InlineData("https+http://both", "https://a:1/")]
    [InlineData("http://single", "http://e:5/")]
    [InlineData("http://bare", "f:6")]
    [InlineData("bare", "f:6")]
    [InlineData("http://address", "127.0.0.1:7")]
    [InlineData("http://mixed", "http://a:1/")] // One section only, and "default" before the schemes.
    [InlineData("http://kept", "f:6,http://c:3/")] // What has no scheme suits every query.
    public async Task A_configured_name_is_found_by_its_best_scheme(string query, string expected)
    {
        await using var services = Services(Hub);

        Assert.Equal(expected, await Find(services, query));
    }

    [Theory]
    [InlineData("http://unknown", "unknown:80")]
    [InlineData("https+http://unknown", "unknown")]
    [InlineData("http://unknown:81", "unknown:81")]
    [InlineData("unknown", "unknown")]
    [InlineData("http://10.0.0.1:82", "10.0.0.1:82")]
    [InlineData("http://secure", "secure:80")] // Only https is configured.
    [InlineData("http://_missing.hub", "hub:80")]
    public async Task A_name_that_the_configuration_does_not_know_is_a_host(string query, string expected)
    {
        await using var services = Services(Hub);

        Assert.Equal(expected, await Find(services, query));
    }

    [Fact]
    public async Task A_changed_configuration_counts_at_once()
    {
        await using var services = Services(Hub);
        var source = await services.GetRequiredService<ServiceEndpointResolver>().GetEndpointsAsync("http://hub", default);
        Assert.False(source.ChangeToken.HasChanged);

        var configuration = (IConfigurationRoot)services.GetRequiredService<IConfiguration>();
        configuration["Services:hub:http:0"] = "http://moved:8";
        configuration.Reload();

        Assert.True(source.ChangeToken.HasChanged);
        Assert.Equal("http://moved:8/", await Find(services, "http://hub"));
    }

    [Theory]
    [InlineData("Services:bad:http:first", "http://a:1")]
    [InlineData("Services:bad:http:0", "http://")]
    public async Task A_mistake_in_the_configuration_is_named(string key, string value)
    {
        await using var services = Services(new() { [key] = value });

        var error = await Assert.ThrowsAsync<KeyNotFoundException>(() => Find(services, "http://bad"));

        Assert.Contains(key, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_providers_the_resolver_says_what_to_call()
    {
        var services = new ServiceCollection().AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        services.AddHttpClient("any").AddServiceDiscovery();
        await using var provider = services.BuildServiceProvider();

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Find(provider, "http://hub"));

        Assert.Contains("No provider which supports the provided service name", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_http_client_takes_the_endpoints_in_turn_and_keeps_path_query_and_request_uri()
    {
        await using var one = await Echo("one");
        await using var two = await Echo("two");
        await using var services = Services(new()
        {
            ["Services:echo:http:0"] = one.Urls.Single(),
            ["Services:echo:http:1"] = two.Urls.Single() + "/base",
        });
        using var client = services.GetRequiredService<IHttpClientFactory>().CreateClient();

        var answers = new List<string>();
        for (var turn = 0; turn < 4; turn++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "https+http://echo/a%2Fb?q=1");
            using var answer = await client.SendAsync(request);
            answers.Add(await answer.Content.ReadAsStringAsync());
            Assert.Equal([new Uri((turn % 2 == 0 ? two : one).Urls.Single()).Authority], answer.Headers.GetValues("Seen-Host"));
            Assert.Equal(new Uri("https+http://echo/a%2Fb?q=1"), request.RequestUri);
        }

        Assert.Equal(["two /base/a%2Fb?q=1", "one /a%2Fb?q=1", "two /base/a%2Fb?q=1", "one /a%2Fb?q=1"], answers);
    }

    [Fact]
    public async Task An_http_client_still_reaches_an_address_that_is_no_service_and_the_port_that_a_service_does_not_name()
    {
        await using var echo = await Echo("here");
        await using var services = Services(new() { ["Services:portless:default:0"] = "127.0.0.1" });
        using var client = services.GetRequiredService<IHttpClientFactory>().CreateClient();

        Assert.Equal("here /x", await client.GetStringAsync(new Uri(echo.Urls.Single() + "/x")));
        Assert.Equal("here /x", await client.GetStringAsync(new Uri(echo.Urls.Single().Replace("http://", "http+https://", StringComparison.Ordinal) + "/x")));
        Assert.Equal("here /x", await client.GetStringAsync(new UriBuilder(echo.Urls.Single()) { Host = "portless", Path = "/x" }.Uri));
    }

    private static Dictionary<string, string?> Hub => new()
    {
        ["Services:hub:https:0"] = "https://a:1",
        ["Services:hub:https:1"] = "https://b:2",
        ["Services:hub:http:0"] = "http://c:3",
        ["Services:hub:dashboard:0"] = "http://d:4",
        ["Services:both:default:0"] = "https://a:1",
        ["Services:both:default:1"] = "http://c:3",
        ["Services:secure:https:0"] = "https://a:1",
        ["Services:single:http"] = "http://e:5",
        ["Services:bare:default:0"] = "f:6",
        ["Services:address:default:0"] = "127.0.0.1:7",
        ["Services:mixed:default:0"] = "http://a:1",
        ["Services:mixed:http:0"] = "http://b:2",
        ["Services:kept:default:0"] = "f:6",
        ["Services:kept:default:1"] = "https://a:1",
        ["Services:kept:default:2"] = "http://c:3",
    };

    private static ServiceProvider Services(Dictionary<string, string?> settings) => new ServiceCollection()
        .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
        .AddServiceDiscovery()
        .ConfigureHttpClientDefaults(http => http.AddServiceDiscovery())
        .BuildServiceProvider();

    private static async Task<string> Find(ServiceProvider services, string query)
    {
        var source = await services.GetRequiredService<ServiceEndpointResolver>().GetEndpointsAsync(query, default);
        return string.Join(',', source.Endpoints);
    }

    private static async Task<WebApplication> Echo(string name)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(context =>
        {
            context.Response.Headers["Seen-Host"] = context.Request.Host.Value;
            return context.Response.WriteAsync($"{name} {context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget}");
        });
        await app.StartAsync();
        return app;
    }
}
