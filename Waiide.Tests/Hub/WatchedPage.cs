using System.Collections.Concurrent;
using Microsoft.Playwright;
using Waiide.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Waiide.Tests.Hub;

/// <summary>A page of the hub in a real browser, which tells when the browser complains, when a script of somebody else's ran, and when anybody but the hub was asked.</summary>
internal sealed class WatchedPage
{
    private readonly ConcurrentQueue<string> _complaints = new();

    private WatchedPage(IPage page, RunningHub hub) => (Page, Hub) = (page, hub);

    public IPage Page { get; }

    private RunningHub Hub { get; }

    /// <summary>A hub for pages: ada, an administrator, and bob of the group "team", whose passwords are "pw".</summary>
    public static Task<RunningHub> HubAsync(params (string, string)[] settings) => RunningHub.StartAsync(
        [("Users:ada", "pw"), ("Users:bob", "pw"), ("Admins", "ada"), ("Groups:team", "bob"), ("Spawner:SlowSpawnTimeout", "1"), ("Spawner:HttpTimeout", "20"), .. settings]);

    public static async Task<WatchedPage> OpenAsync(Chromium chromium, RunningHub hub, bool scripts = true)
    {
        var watched = new WatchedPage(await chromium.NewPageAsync(scripts), hub);
        var page = watched.Page;
        page.Console += (_, message) =>
        {
            // A call that the hub refuses is what some tests are about; a violation of the content security policy never is.
            if (message.Type is "error" or "warning" && !message.Text.StartsWith("Failed to load resource: the server responded with a status of", StringComparison.Ordinal))
            {
                watched._complaints.Enqueue($"The console says: {message.Text}");
            }
        };
        page.PageError += (_, error) => watched._complaints.Enqueue($"The script failed: {error}");
        page.Dialog += (_, dialog) => watched._complaints.Enqueue($"A dialog says: {dialog.Message}");
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(hub.Front.ToString(), StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal))
            {
                watched._complaints.Enqueue($"It asks for {request.Url}");
            }
        };
        return watched;
    }

    public Task GoAsync(string path) => Page.GotoAsync(new Uri(Hub.Front, path).ToString());

    /// <summary>Goes to a page of the hub through the login.</summary>
    public async Task SignInAsync(string user, string path = "/hub/home", string password = "pw")
    {
        await GoAsync(path);
        await Page.GetByLabel("User name").FillAsync(user);
        await Page.GetByLabel("Password").FillAsync(password);
        await Page.Keyboard.PressAsync("Enter");
        await Expect(Page).ToHaveURLAsync(new Uri(Hub.Front, path).ToString());
    }

    /// <summary>The part of the page that is about one server.</summary>
    public ILocator Server(string name) => Page.Locator($"[data-name=\"{name}\"]");

    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    /// <summary>Says yes in the dialog that asks.</summary>
    public Task ConfirmAsync(string verb) => Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = verb, Exact = true }).ClickAsync();

    public void HasNoComplaints() => Assert.Empty(_complaints);
}
