using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Waiide.ServiceDefaults;

namespace Waiide.Tests.ServiceDefaults;

public class HealthTests
{
    [Theory]
    [InlineData("/health")]
    [InlineData("/alive")]
    public async Task A_healthy_service_says_so_with_the_time_and_nothing_else(string path)
    {
        await using var app = await Start(checks => checks.AddCheck("good", () => HealthCheckResult.Healthy("secret detail"), [HealthEndpoints.LiveTag]));
        using var client = Client(app);

        using var answer = await client.GetAsync(new Uri(path, UriKind.Relative));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("application/json", answer.Content.Headers.ContentType!.MediaType);
        Assert.True(answer.Headers.CacheControl!.NoStore);
        var health = await Body(answer);
        Assert.Equal(["status", "timestamp"], health.Keys);
        Assert.Equal("healthy", health["status"].GetString());
        var time = DateTimeOffset.ParseExact(health["timestamp"].GetString()!, "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        Assert.InRange(time, DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow);
    }

    [Fact]
    public async Task A_failing_check_is_named_without_its_reason()
    {
        await using var app = await Start(checks => checks
            .AddCheck("good", () => HealthCheckResult.Healthy())
            .AddCheck("so-so", () => HealthCheckResult.Degraded())
            .AddCheck("ide", () => HealthCheckResult.Unhealthy("secret detail"))
            .AddCheck("broken", HealthCheckResult () => throw new InvalidOperationException("secret detail")));
        using var client = Client(app);

        using var answer = await client.GetAsync(new Uri("/health", UriKind.Relative));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.DoesNotContain("secret", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var health = await Body(answer);
        Assert.Equal("unhealthy", health["status"].GetString());
        Assert.Equal("""["broken","ide"]""", health["failing"].GetRawText());
    }

    [Fact]
    public async Task Alive_looks_only_at_live_checks()
    {
        await using var app = await Start(checks => checks.AddCheck("ide", () => HealthCheckResult.Unhealthy()));
        using var client = Client(app);

        using var alive = await client.GetAsync(new Uri("/alive", UriKind.Relative));
        using var health = await client.GetAsync(new Uri("/health", UriKind.Relative));

        Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, health.StatusCode);
    }

    [Theory]
    [InlineData("/health", HttpStatusCode.ServiceUnavailable)]
    [InlineData("/alive", HttpStatusCode.OK)]
    public async Task Head_answers_as_get_without_a_body(string path, HttpStatusCode expected)
    {
        await using var app = await Start(checks => checks.AddCheck("ide", () => HealthCheckResult.Unhealthy()));
        using var client = Client(app);
        using var request = new HttpRequestMessage(HttpMethod.Head, path);

        using var answer = await client.SendAsync(request);

        Assert.Equal(expected, answer.StatusCode);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task A_check_that_hangs_is_a_named_failure_in_time()
    {
        using var answered = new ManualResetEventSlim();
        await using var app = await Start(checks => checks
            .AddAsyncCheck("deaf", async () =>
            {
                await Task.Delay(Timeout.Infinite);
                return HealthCheckResult.Healthy();
            })
            .AddAsyncCheck("blocked", () =>
            {
                answered.Wait(TimeSpan.FromSeconds(30));
                return Task.FromResult(HealthCheckResult.Healthy());
            }));
        using var client = Client(app);
        var clock = Stopwatch.StartNew();

        using var answer = await client.GetAsync(new Uri("/health", UriKind.Relative));
        answered.Set();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal("""["blocked","deaf"]""", (await Body(answer))["failing"].GetRawText());
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"It took {clock.Elapsed}.");
    }

    [Theory]
    [InlineData("GET", "/health", HttpStatusCode.OK)]
    [InlineData("HEAD", "/alive", HttpStatusCode.OK)]
    [InlineData("GET", "/under/health", HttpStatusCode.OK)]
    [InlineData("GET", "/health/x", HttpStatusCode.Unauthorized)]
    [InlineData("GET", "/x/../secret", HttpStatusCode.Unauthorized)]
    [InlineData("GET", "/health;x", HttpStatusCode.Unauthorized)]
    [InlineData("GET", "/secret", HttpStatusCode.Unauthorized)]
    public async Task Only_health_is_open_where_everything_else_is_closed(string method, string path, HttpStatusCode expected)
    {
        await using var app = await Start(_ => { }, builder =>
        {
            builder.Services.AddAuthentication("none").AddCookie("none", options => options.Events.OnRedirectToLogin = context =>
            {
                context.Response.StatusCode = StatusCodes.Status401Unauthorized;
                return Task.CompletedTask;
            });
            builder.Services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
        });
        using var client = Client(app);
        using var request = new HttpRequestMessage(new HttpMethod(method), path);

        using var answer = await client.SendAsync(request);

        Assert.Equal(expected, answer.StatusCode);
    }

    private static async Task<WebApplication> Start(Action<IHealthChecksBuilder> add, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddServiceDefaults();
        add(builder.Services.AddHealthChecks());
        configure?.Invoke(builder);
        var app = builder.Build();
        app.MapHealthEndpoints();
        app.MapGroup("/under").MapHealthEndpoints();
        app.MapGet("/{**rest}", () => "secret");
        await app.StartAsync();
        return app;
    }

    private static HttpClient Client(WebApplication app) => new() { BaseAddress = new Uri(app.Urls.Single()) };

    private static async Task<Dictionary<string, JsonElement>> Body(HttpResponseMessage answer) =>
        JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(await answer.Content.ReadAsStringAsync())!;
}
