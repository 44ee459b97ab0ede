using System.Collections.Concurrent;
using System.Net;
using Aspire.Dashboard.Application;
using Aspire.Dashboard.Front;
using Microsoft.Extensions.Logging;

namespace Aspire.Dashboard.Tests;

/// <summary>The way in, and what happens when a page fails.</summary>
public sealed class FrontTests
{
    private const string LongToken = "0123456789abcdef0123456789abcdef";

    [Fact]
    public async Task After_ten_wrong_guesses_a_short_token_is_not_looked_at_for_a_while()
    {
        await using var dashboard = await TestDashboard.StartAsync();
        using var browser = Browser(dashboard);
        for (var guess = 0; guess < 10; guess++)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(browser, $"/login?t=wrong{guess}"));
        }

        using var paused = await browser.GetAsync("/login?t=token");
        Assert.Equal(HttpStatusCode.TooManyRequests, paused.StatusCode);
        Assert.InRange(paused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        Assert.Contains("Try again in", await paused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.False(paused.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task The_printed_link_always_lets_in()
    {
        await using var dashboard = await TestDashboard.StartAsync(token: LongToken);
        using var browser = Browser(dashboard);
        for (var guess = 0; guess < 12; guess++)
        {
            await StatusAsync(browser, $"/login?t=wrong{guess}");
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, await StatusAsync(browser, "/login?t=wrong"));
        Assert.Equal(HttpStatusCode.Redirect, await StatusAsync(browser, $"/login?t={LongToken}"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(browser, "/traces"));
    }

    [Fact]
    public void The_pause_ends()
    {
        var clock = new Clock();
        var guesses = new Guesses(clock);
        for (var guess = 0; guess < 10; guess++)
        {
            Assert.Equal((false, null), guesses.Try("wrong", "right"));
        }

        Assert.Equal((false, TimeSpan.FromMinutes(1)), guesses.Try("right", "right"));
        clock.Now += TimeSpan.FromSeconds(59);
        Assert.Equal((false, TimeSpan.FromSeconds(1)), guesses.Try("right", "right"));
        clock.Now += TimeSpan.FromSeconds(1);
        Assert.Equal((true, null), guesses.Try("right", "right"));
    }

    [Fact]
    public async Task A_cookie_is_of_one_run_whatever_the_token()
    {
        await using var one = await TestDashboard.StartAsync();
        await using var other = await TestDashboard.StartAsync();
        var cookies = new List<string>();
        foreach (var dashboard in (TestDashboard[])[one, other])
        {
            using var browser = Browser(dashboard);
            using var entered = await browser.GetAsync("/login?t=token");
            cookies.Add(entered.Headers.GetValues("Set-Cookie").Single().Split(';')[0].Split('=', 2)[1]);
        }

        Assert.NotEqual(cookies[0], cookies[1]);
        using var stranger = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = other.Pages.BaseAddress };
        Assert.Equal(HttpStatusCode.OK, await WithCookieAsync(cookies[1]));
        Assert.Equal(HttpStatusCode.Unauthorized, await WithCookieAsync(cookies[0]));

        async Task<HttpStatusCode> WithCookieAsync(string value)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/traces") { Headers = { { "Cookie", $".Aspire.Dashboard.{other.Pages.BaseAddress!.Port}={value}" } } };
            using var answer = await stranger.SendAsync(request);
            return answer.StatusCode;
        }
    }

    [Fact]
    public void A_session_ends_after_three_days_and_cannot_be_made_longer()
    {
        var clock = new Clock();
        var sessions = new Sessions(clock);
        var cookie = sessions.New();
        var (end, signature) = (long.Parse(cookie.Split('.')[0], null), cookie.Split('.')[1]);

        Assert.True(sessions.IsValid(cookie));
        Assert.False(sessions.IsValid($"{end + 1}.{signature}"));
        Assert.False(sessions.IsValid(""));
        clock.Now += TimeSpan.FromDays(3);
        Assert.False(sessions.IsValid(cookie));
    }

    [Fact]
    public async Task A_page_that_fails_says_so_and_the_log_says_why()
    {
        using var log = new Lines();
        using var logs = LoggerFactory.Create(logging => logging.AddProvider(log));
        await using var dashboard = await TestDashboard.StartAsync(new StubApplication(() => []) { IsBroken = true }, logs);
        using var page = new HttpRequestMessage(HttpMethod.Get, "/consolelogs?secret=1") { Headers = { { "Accept", "text/html" } } };

        using var shown = await dashboard.Pages.SendAsync(page);
        Assert.Equal(HttpStatusCode.InternalServerError, shown.StatusCode);
        Assert.Contains("This page failed", await shown.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.True(shown.Headers.Contains("Content-Security-Policy"));
        using var script = await dashboard.Pages.GetAsync("/api/resources");
        Assert.Equal("application/problem+json", script.Content.Headers.ContentType!.MediaType);

        var line = Assert.Single(log.All, one => one.Contains("/consolelogs", StringComparison.Ordinal));
        Assert.Contains("the model is broken", line, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_console_as_text_is_written_while_it_is_read()
    {
        using var hasArrived = new ManualResetEventSlim();
        var hasWaited = false;
        await using var dashboard = await TestDashboard.StartAsync(new StubApplication(Console));

        using var answer = await dashboard.Pages.GetAsync("/consolelogs/text?resource=shell", HttpCompletionOption.ResponseHeadersRead);
        using var text = new StreamReader(await answer.Content.ReadAsStreamAsync());
        Assert.EndsWith("line 1", await text.ReadLineAsync(), StringComparison.Ordinal);
        hasArrived.Set();
        var rest = await text.ReadToEndAsync();

        Assert.True(hasWaited, "The last line was made before the first had arrived.");
        Assert.EndsWith("the end\n", rest, StringComparison.Ordinal);
        Assert.Equal("text/plain", answer.Content.Headers.ContentType!.MediaType);

        IEnumerable<ConsoleLine> Console()
        {
            for (var number = 1; number <= 10_000; number++)
            {
                yield return new ConsoleLine(number, DateTime.UnixEpoch.AddSeconds(number), $"line {number}", false);
            }

            hasWaited = hasArrived.Wait(TimeSpan.FromSeconds(20));
            yield return new ConsoleLine(10_001, DateTime.UnixEpoch.AddDays(1), "the end", false);
        }
    }

    private static HttpClient Browser(TestDashboard dashboard) => new(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = dashboard.Pages.BaseAddress };

    private static async Task<HttpStatusCode> StatusAsync(HttpClient browser, string path)
    {
        using var answer = await browser.GetAsync(path);
        return answer.StatusCode;
    }

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch.AddYears(56);

        public override DateTimeOffset GetUtcNow() => Now;
    }

    private sealed class Lines : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> All { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => All.Enqueue($"{formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
