using Microsoft.Playwright;

namespace Waiide.Tests.Support;

/// <summary>One headless Chromium for all browser tests; each test opens a context of its own, so no cookie is shared.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private readonly SemaphoreSlim _launching = new(1, 1);
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public Task InitializeAsync() => Task.CompletedTask;

    /// <summary>A new, empty browser profile with one page. Skips the test where no Chromium is installed.</summary>
    internal async Task<IPage> NewPageAsync(bool scripts = true)
    {
        Prerequisites.Need("chromium");
        await _launching.WaitAsync();
        try
        {
            _playwright ??= await Playwright.CreateAsync();
            _browser ??= await _playwright.Chromium.LaunchAsync(new()
            {
                ExecutablePath = "/usr/bin/chromium",
                // A sandbox of its own needs rights that root in a container lacks; nothing but our own pages is opened.
                Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
            });
        }
        finally
        {
            _launching.Release();
        }

        var context = await _browser.NewContextAsync(new() { JavaScriptEnabled = scripts, ViewportSize = new() { Width = 1280, Height = 800 } });
        context.SetDefaultTimeout(30_000);
        return await context.NewPageAsync();
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
