using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Waiide.Hub.Mock.Auth;

namespace Waiide.Tests.Hub;

/// <summary>Guessing passwords: many at once, under names that nobody has, and what it does to others.</summary>
public sealed partial class GuessingTests
{
    [Theory]
    [InlineData("alice")]
    [InlineData("nobody-of-this-name")]
    public async Task Guesses_that_come_at_once_count_as_those_one_by_one_whether_or_not_there_is_such_a_user(string name)
    {
        await using var hub = await HubCalls.StartAsync();
        using var browser = hub.NewBrowser();
        var xsrf = await XsrfAsync(browser);

        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => StatusAsync(browser, xsrf, name)));

        Assert.All(answers, status => Assert.Contains(status, new[] { HttpStatusCode.OK, HttpStatusCode.TooManyRequests }));
        Assert.InRange(answers.Count(status => status == HttpStatusCode.OK), 1, 15); // Ten, and one for each second that it takes.
        using var other = await hub.SignedInAsync("bob");
    }

    [Fact]
    public async Task No_more_passwords_wait_to_be_looked_at_than_a_few_seconds_are_enough_for()
    {
        await using var hub = await HubCalls.StartAsync();
        using var browser = hub.NewBrowser();
        var xsrf = await XsrfAsync(browser);

        var answers = await Task.WhenAll(Enumerable.Range(0, 300).Select(i => StatusAsync(browser, xsrf, $"nobody-{i}")));

        Assert.Contains(HttpStatusCode.ServiceUnavailable, answers);
        Assert.All(answers, status => Assert.Contains(status, new[] { HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable }));
        using var later = await hub.SignedInAsync("bob");
    }

    [Fact]
    public void Whoever_goes_on_guessing_shuts_out_who_shares_the_address_for_seconds_only()
    {
        var clock = new Clock();
        var throttle = new LoginThrottle(clock);
        var waits = new List<double>();
        for (var i = 0; i < 15; i++)
        {
            var wait = throttle.Begin("alice", new DefaultHttpContext());
            if (wait > TimeSpan.Zero)
            {
                waits.Add(wait.TotalSeconds);
                clock.Now += wait;
                Assert.Equal(TimeSpan.Zero, throttle.Begin("alice", new DefaultHttpContext()));
            }

            throttle.Failed("alice", new DefaultHttpContext());
        }

        Assert.Equal([1, 2, 4, 5, 5], waits);
    }

    private static async Task<string> XsrfAsync(Browser browser)
    {
        using var form = await browser.GetAsync("/hub/login");
        return XsrfField().Match(await form.Content.ReadAsStringAsync()).Groups[1].Value;
    }

    private static async Task<HttpStatusCode> StatusAsync(Browser browser, string xsrf, string name)
    {
        using var answer = await browser.PostFormAsync("/hub/login", ("_xsrf", xsrf), ("username", name), ("password", "guess"));
        return answer.StatusCode;
    }

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }

    [GeneratedRegex("name=\"_xsrf\" value=\"([^\"]*)\"")]
    private static partial Regex XsrfField();
}
