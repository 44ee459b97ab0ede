using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace Waiide.Tests.Support;

/// <summary>One headless Chromium for the tests of a class; each test opens a context of its own, so no cookie is shared.</summary>
public sealed class Chromium : IAsyncLifetime, IAsyncDisposable
{
    private readonly ConcurrentBag<IBrowserContext> _opened = [];
    private readonly SemaphoreSlim _launching = new(1, 1);
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    // As Eventually has it: a limit is for what never comes, not for a machine that is busy.
    static Chromium() => Assertions.SetDefaultExpectTimeout(60_000);

    public Task InitializeAsync() => Task.CompletedTask;

    /// <summary>A new, empty browser profile with one page. Skips the test where no Chromium is installed. The first one may give the browser a home directory with certificates that it trusts. A <paramref name="shared"/> one stays open for other tests.</summary>
    internal async Task<IPage> NewPageAsync(bool scripts = true, string? home = null, bool shared = false)
    {
        Prerequisites.Need("chromium", "perl");
        await _launching.WaitAsync();
        try
        {
            _playwright ??= await Playwright.CreateAsync();
            _browser ??= await _playwright.Chromium.LaunchAsync(new()
            {
                ExecutablePath = Path.Combine(Repository.Root, "Waiide.Tests", "Support", "chromium"),
                Env = home is null ? null : EnvironmentWith("HOME", home),
                // A sandbox of its own needs rights that root in a container lacks; nothing but our own pages is opened. Without WebGL a terminal is text, which is cheaper and can be read.
                Args = ["--no-sandbox", "--disable-gpu", "--disable-3d-apis", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
            });
        }
        finally
        {
            _launching.Release();
        }

        var context = await _browser.NewContextAsync(new() { JavaScriptEnabled = scripts, ViewportSize = new() { Width = 1280, Height = 800 } });
        context.SetDefaultTimeout(60_000);
        if (!shared)
        {
            _opened.Add(context);
        }

        return await context.NewPageAsync();
    }

    /// <summary>Closes what the test that ends has opened. The tests of a class run one after the other.</summary>
    internal async Task ClosePagesAsync()
    {
        while (_opened.TryTake(out var context))
        {
            await context.CloseAsync();
        }
    }

    ValueTask IAsyncDisposable.DisposeAsync() => new(DisposeAsync());

    private static Dictionary<string, string> EnvironmentWith(string name, string value)
    {
        var all = Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>().ToDictionary(entry => (string)entry.Key, entry => (string)entry.Value!);
        all[name] = value;
        return all;
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
        _launching.Dispose();
    }
}
