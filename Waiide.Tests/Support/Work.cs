namespace Waiide.Tests.Support;

/// <summary>What a person does in the IDE, whatever way they came to it.</summary>
internal static class Work
{
    /// <summary>Terminal, file, explorer, reload. The IDE runs on this machine and shows the folder <paramref name="workspace"/>.</summary>
    public static async Task InTheIde(Workbench workbench, string workspace)
    {
        string FileOf(string name) => Path.Combine(workspace, name);
        await workbench.IsOpen();

        await workbench.OpenTerminal();
        Assert.Equal("written in a terminal", await workbench.RunInTerminal("echo written in a terminal", FileOf("note.txt")));
        var shell = await workbench.RunInTerminal("echo $$", FileOf("shell.txt"));
        await workbench.ExplorerShows("note.txt");
        await workbench.OpenFile("note.txt");
        await workbench.RemembersEditor("note.txt");

        await workbench.Page.ReloadAsync();

        await workbench.IsOpen();
        await workbench.HasEditor("note.txt");
        await workbench.HasTerminal();
        Assert.Equal(shell, await workbench.RunInTerminal("echo $$", FileOf("shell-after-reload.txt")));
    }
}
