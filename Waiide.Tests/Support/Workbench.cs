using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Waiide.Tests.Support;

/// <summary>VS Code in a page, as a person uses it: keyboard first, and what counts is checked on disk where that is possible.</summary>
internal sealed class Workbench(IPage page)
{
    public IPage Page => page;

    /// <summary>Waits until the workbench is drawn and the explorer lists the workspace.</summary>
    public async Task IsOpen()
    {
        await Expect(page.Locator(".monaco-workbench .part.statusbar")).ToBeVisibleAsync();
        await Expect(page.Locator(".explorer-folders-view")).ToBeVisibleAsync();
    }

    /// <summary>Whether VS Code has made all its parts. Those that nobody waits for come last, seconds after the page can be used, and among them is the one that says that a connection is lost for good.</summary>
    public Task<bool> HasAllParts() => page.EvaluateAsync<bool>("() => performance.getEntriesByName('code/didCreateWorkbenchContributions/4').length > 0");

    /// <summary>Runs a command of the palette by its full title.</summary>
    public async Task Run(string command)
    {
        var input = page.Locator(".quick-input-widget .quick-input-box input");
        var first = page.Locator(".quick-input-list .monaco-list-row.focused");

        // The palette lists what is there when it opens; parts of a fresh workbench arrive later, so it may have to be asked again.
        await Eventually.Is(
            async () =>
            {
                await page.Keyboard.PressAsync("Escape");
                await page.Keyboard.PressAsync("F1");
                try
                {
                    await input.FillAsync(">" + command, new() { Timeout = 5_000 });
                    await Expect(first).ToContainTextAsync(command.Split(": ")[^1], new() { Timeout = 5_000 });
                    return true;
                }
                catch (Exception exception) when (exception is PlaywrightException or TimeoutException)
                {
                    return false;
                }
            },
            $"the palette offers '{command}'",
            TimeSpan.FromSeconds(60));
        await page.Keyboard.PressAsync("Enter");
        await Expect(input).ToBeHiddenAsync();
    }

    /// <summary>Opens a new terminal.</summary>
    public async Task OpenTerminal()
    {
        await Run("Terminal: Create New Terminal");
        await HasTerminal();
    }

    /// <summary>Waits for a terminal to be drawn, after a reload for example. VS Code may draw it twice.</summary>
    public Task HasTerminal() => Expect(page.Locator(".terminal-wrapper.active .xterm-screen:visible").First).ToBeVisibleAsync();

    /// <summary>Runs a line in the active terminal and returns what it wrote to <paramref name="file"/>. A terminal that is drawn may not take input yet, or take the end of a line only, so the line is typed until it has run, each time on an empty prompt: half of it may be an open quote. In braces it runs whole or not at all.</summary>
    public async Task<string> RunInTerminal(string line, string file)
    {
        bool IsWritten() => File.Exists(file) && new FileInfo(file).Length > 0;
        var attempt = 0;
        try
        {
            await Eventually.Is(
                async () =>
                {
                    if (await FocusTerminal(attempt++))
                    {
                        await page.Keyboard.PressAsync("Control+c");
                        await page.Keyboard.TypeAsync($"{{ {line} > '{file}'; }}\n");
                    }

                    for (var look = 0; look < 40 && !IsWritten(); look++)
                    {
                        await page.WaitForTimeoutAsync(100);
                    }

                    return IsWritten();
                },
                $"the terminal runs '{line}'",
                TimeSpan.FromSeconds(60));
        }
        catch (Xunit.Sdk.FailException failure)
        {
            Assert.Fail($"{failure.Message}; the terminals show:\n{string.Join("\n--\n", await page.Locator(".terminal-wrapper .xterm-rows").AllInnerTextsAsync())}");
        }

        return (await File.ReadAllTextAsync(file)).Trim();
    }

    // On a busy machine there may be two inputs for a while, and one of them may go: each has its turn.
    private async Task<bool> FocusTerminal(int attempt)
    {
        try
        {
            var inputs = page.Locator(".terminal-wrapper.active .xterm-helper-textarea");
            await inputs.Nth(attempt % Math.Max(1, await inputs.CountAsync())).FocusAsync(new() { Timeout = 5_000 });
            return true;
        }
        catch (Exception exception) when (exception is PlaywrightException or TimeoutException)
        {
            return false;
        }
    }

    /// <summary>Opens a file from the explorer, to stay. A workbench that is busy may forget a click, so it is clicked until the file is open.</summary>
    public Task OpenFile(string name) => Eventually.Is(
        async () =>
        {
            await InExplorer(name).DblClickAsync();
            return await IsSoonVisible(Tab(name));
        },
        $"{name} is open");

    /// <summary>Waits for the tab of a file.</summary>
    public Task HasEditor(string name) => Expect(Tab(name)).ToBeVisibleAsync();

    /// <summary>Waits until the browser has stored which editors are open. VS Code does that every few seconds, because a page that unloads may not write.</summary>
    public Task RemembersEditor(string name) => Eventually.Is(
        () => page.EvaluateAsync<bool>(StoredEditorsName, name), $"the browser's storage has the editor of {name}", TimeSpan.FromSeconds(70));

    private const string StoredEditorsName = """
        async name => {
          const done = request => new Promise((resolve, reject) => { request.onsuccess = () => resolve(request.result); request.onerror = reject; });
          for (const entry of await indexedDB.databases()) {
            const database = await done(indexedDB.open(entry.name));
            for (const store of database.objectStoreNames) {
              const editors = await done(database.transaction(store).objectStore(store).get('memento/workbench.parts.editor'));
              if (String(editors).includes(name)) { return true; }
            }
          }
          return false;
        }
        """;

    /// <summary>Types into the editor that is open.</summary>
    public async Task TypeInEditor(string text)
    {
        await page.Locator(".editor-group-container.active .monaco-editor .view-lines").First.ClickAsync();
        await page.Keyboard.TypeAsync(text);
    }

    /// <summary>Waits until the editor of a file is open with this word in it, and marked as not saved.</summary>
    public async Task HasUnsaved(string name, string word)
    {
        await Expect(page.Locator($".tab.dirty[data-resource-name=\"{name}\"]")).ToBeVisibleAsync();
        await Expect(page.Locator(".editor-group-container.active .view-lines")).ToContainTextAsync(word);
    }

    /// <summary>Waits for a file in the explorer's tree.</summary>
    public Task ExplorerShows(string name) => Expect(InExplorer(name)).ToBeVisibleAsync();

    /// <summary>
    /// Waits until the explorer shows what has come to be while the workbench is open. One that has just begun may not watch the folder yet, and a file that is deleted and made again has only changed
    /// for it, so <paramref name="makeAnother"/> makes one more file beside it: the explorer then looks at the whole folder.
    /// </summary>
    public Task ExplorerNotices(string name, Func<Task> makeAnother) => Eventually.Is(
        async () =>
        {
            await makeAnother();
            return await IsSoonVisible(InExplorer(name));
        },
        $"the explorer shows {name}");

    private ILocator Tab(string name) => page.Locator($".tab[data-resource-name=\"{name}\"]");

    private ILocator InExplorer(string name) => page.Locator(".explorer-folders-view").GetByRole(AriaRole.Treeitem, new() { Name = name });

    private static async Task<bool> IsSoonVisible(ILocator element)
    {
        try
        {
            await Expect(element).ToBeVisibleAsync(new() { Timeout = 10_000 });
            return true;
        }
        catch (PlaywrightException)
        {
            return false;
        }
    }
}
