namespace Waiide.Tests.Support;

/// <summary>Tests in a browser. When one has ended its pages are closed: an idle VS Code, whose server is gone, tries and tries to reach it, at the cost of the tests that follow.</summary>
public abstract class BrowserTests(Chromium chromium) : IClassFixture<Chromium>, IAsyncLifetime
{
    protected Chromium Chromium => chromium;

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => chromium.ClosePagesAsync();
}
