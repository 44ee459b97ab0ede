using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Waiide.Tests.Support;

namespace Waiide.Tests.Hub;

/// <summary>A hub that was told nothing lets its administrator in, and nobody else.</summary>
public sealed partial class FirstStartTests : IDisposable
{
    private readonly TempDirectory _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task Without_any_setting_there_is_an_administrator_whose_password_is_told_once()
    {
        var (front, settings) = Settings();
        string password;
        await using (var hub = ChildProcess.StartDotnet("Waiide.Hub.Mock.dll", settings))
        {
            await hub.WaitForOutput("Sign in at");
            password = Password().Match(hub.Output).Groups[1].Value;
            Assert.Contains($"address   {front}hub/\n    user      admin\n", hub.Output, StringComparison.Ordinal);
            await SignInAsync(front, "admin", password, HttpStatusCode.Found);
            hub.Signal("TERM");
            Assert.Equal(0, await hub.WaitForExit());
        }

        var file = Path.Combine(_data.Path, "waiide", "hub", "hub.sqlite");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(file)!));

        await using (var hub = ChildProcess.StartDotnet("Waiide.Hub.Mock.dll", settings))
        {
            await hub.WaitForOutput("Sign in at");
            Assert.Contains($"Users sign in with the passwords that {file} keeps. To set a new one, start with Hub:Users:<name>=<password>", hub.Output, StringComparison.Ordinal);
            Assert.DoesNotContain("password  ", hub.Output, StringComparison.Ordinal);
            await SignInAsync(front, "admin", password, HttpStatusCode.Found);
        }

        settings["Hub__Users__admin"] = "of my own";
        await using (var hub = ChildProcess.StartDotnet("Waiide.Hub.Mock.dll", settings))
        {
            await hub.WaitForOutput("Sign in at");
            await SignInAsync(front, "admin", password, HttpStatusCode.OK);
            await SignInAsync(front, "admin", "of my own", HttpStatusCode.Found);
        }
    }

    [Fact]
    public async Task The_password_is_told_on_the_console_and_to_no_collector_of_logs()
    {
        var exported = new ConcurrentQueue<byte[]>();
        await using var collector = await CollectAsync(exported);
        var (_, settings) = Settings();
        settings["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Urls.Single();
        settings["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf";

        await using var hub = ChildProcess.StartDotnet("Waiide.Hub.Mock.dll", settings);
        await hub.WaitForOutput("Sign in at");
        hub.Signal("TERM"); // What is not exported yet is at the end.
        await hub.WaitForExit();

        Assert.Contains(exported, body => body.AsSpan().IndexOf("Sign in at"u8) >= 0);
        var password = Encoding.ASCII.GetBytes(Password().Match(hub.Output).Groups[1].Value);
        Assert.DoesNotContain(exported, body => body.AsSpan().IndexOf(password) >= 0);
    }

    [Theory]
    [InlineData("Hub__Users__ada", "pw")]
    [InlineData("Hub__DummyPassword", "everybody's")]
    public async Task Where_somebody_can_sign_in_there_is_no_other_administrator(string setting, string value)
    {
        var (front, settings) = Settings();
        settings[setting] = value;
        await using var hub = ChildProcess.StartDotnet("Waiide.Hub.Mock.dll", settings);
        await hub.WaitForOutput("Sign in at");
        Assert.DoesNotContain("administrator", hub.Output, StringComparison.Ordinal);
        await SignInAsync(front, "admin", "pw", HttpStatusCode.OK);
    }

    private (Uri Front, Dictionary<string, string> Settings) Settings()
    {
        var (front, api) = (Ports.Free(), Ports.Free());
        return (new Uri($"http://127.0.0.1:{front}"), new Dictionary<string, string>
        {
            ["Hub__FrontPort"] = front.ToString(CultureInfo.InvariantCulture),
            ["Hub__ApiPort"] = api.ToString(CultureInfo.InvariantCulture),
            ["XDG_DATA_HOME"] = _data.Path,
        });
    }

    private static async Task SignInAsync(Uri front, string user, string password, HttpStatusCode expected)
    {
        using var browser = new Browser(front);
        using var answer = await browser.SignInAsync(user, password);
        Assert.Equal(expected, answer.StatusCode);
    }

    private static async Task<WebApplication> CollectAsync(ConcurrentQueue<byte[]> bodies)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        app.MapPost("/{**path}", async (Microsoft.AspNetCore.Http.HttpRequest request) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            bodies.Enqueue(body.ToArray());
        });
        await app.StartAsync();
        return app;
    }

    [GeneratedRegex("^    password  ([a-z2-9-]{23})$", RegexOptions.Multiline)]
    private static partial Regex Password();
}
