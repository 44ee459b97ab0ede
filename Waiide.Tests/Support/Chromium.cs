using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace Waiide.Tests.Support;

/// <summary>Pages of a headless Chromium for the tests of a class. All classes have one browser between them, whose start costs some two seconds of a processor; each page has a context of its own, so no cookie is shared.</summary>
public sealed class Chromium : IAsyncLifetime, IAsyncDisposable
{
    private static readonly SemaphoreSlim Launching = new(1, 1);
    private static IPlaywright? _playwright; // Ends with this process, and the browser with it.
    private static IBrowser? _everybodys;

    private readonly ConcurrentBag<IBrowserContext> _ofTest = [], _ofClass = [];
    private IBrowser? _own;

    // As Eventually has it: a limit is for what never comes, not for a machine that is busy.
    static Chromium() => Assertions.SetDefaultExpectTimeout(60_000);

    public Task InitializeAsync() => Task.CompletedTask;

    /// <summary>A new, empty browser profile with one page. Skips the test where no Chromium is installed. With a home directory, of certificates that it trusts, it is of a browser of its own. A <paramref name="shared"/> one stays open for other tests of the class.</summary>
    internal async Task<IPage> NewPageAsync(bool scripts = true, string? home = null, bool shared = false)
    {
        Prerequisites.Need("chromium", "perl");
        var browser = await BrowserAsync(home);
        var context = await browser.NewContextAsync(new() { JavaScriptEnabled = scripts, ViewportSize = new() { Width = 1280, Height = 800 } });
        context.SetDefaultTimeout(60_000);
        (shared ? _ofClass : _ofTest).Add(context);
        return await context.NewPageAsync();
    }

    /// <summary>Closes what the test that ends has opened. The tests of a class run one after the other.</summary>
    internal Task ClosePagesAsync() => CloseAsync(_ofTest);

    ValueTask IAsyncDisposable.DisposeAsync() => new(DisposeAsync());

    private static Dictionary<string, string> EnvironmentWith(string name, string value)
    {
        var all = Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>().ToDictionary(entry => (string)entry.Key, entry => (string)entry.Value!);
        all[name] = value;
        return all;
    }

    public async Task DisposeAsync()
    {
        await CloseAsync(_ofTest);
        await CloseAsync(_ofClass);
        await (_own?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    private static async Task CloseAsync(ConcurrentBag<IBrowserContext> contexts)
    {
        while (contexts.TryTake(out var context))
        {
            await context.CloseAsync();
        }
    }

    private async Task<IBrowser> BrowserAsync(string? home)
    {
        await Launching.WaitAsync();
        try
        {
            if (home is not null)
            {
                return _own ??= await LaunchAsync(EnvironmentWith("HOME", home));
            }

            if (_everybodys is not { IsConnected: true }) // It may have crashed under another class.
            {
                _everybodys = await LaunchAsync(null);
            }

            return _everybodys;
        }
        finally
        {
            Launching.Release();
        }
    }

    private static async Task<IBrowser> LaunchAsync(Dictionary<string, string>? environment)
    {
        _playwright ??= await Playwright.CreateAsync();
        return await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Path.Combine(Repository.Root, "Waiide.Tests", "Support", "chromium"),
            Env = environment,
            // A sandbox of its own needs rights that root in a container lacks; nothing but our own pages is opened. Without WebGL a terminal is text, which can be read.
            Args = ["--no-sandbox", "--disable-gpu", "--disable-3d-apis", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
    }
}
