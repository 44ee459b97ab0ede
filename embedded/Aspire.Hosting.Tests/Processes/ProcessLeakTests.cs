using System.Globalization;

namespace Aspire.Hosting.Tests.Processes;

[Collection(AloneDefinition.Name)]
public sealed class ProcessLeakTests
{
    [Fact]
    public async Task Two_hundred_processes_leave_no_descriptor_and_no_zombie()
    {
        await using var shell = new Shell();
        for (var count = 0; count < 200; count++)
        {
            // One by one: what nobody closes the collector does, sooner or later.
            var before = Pipes();
            var process = await shell.ScriptAsync("echo $1", count.ToString(CultureInfo.InvariantCulture));
            Assert.Equal(0, await process.Exited.WaitAsync(TimeSpan.FromSeconds(20)));
            Assert.InRange(Pipes(), 0, before);
        }

        Assert.Equal(200, shell.Output.Count);
        Assert.DoesNotContain("Z", Directory.GetDirectories("/proc").Where(folder => char.IsAsciiDigit(Path.GetFileName(folder)[0])).Select(StateIfOurChild));
    }

    private static int Pipes() => Directory.GetFiles("/proc/self/fd").Count(descriptor => new FileInfo(descriptor).LinkTarget?.StartsWith("pipe:", StringComparison.Ordinal) == true);

    private static string StateIfOurChild(string folder)
    {
        try
        {
            var stat = File.ReadAllText(Path.Combine(folder, "stat"));
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[1] == Environment.ProcessId.ToString(CultureInfo.InvariantCulture) ? fields[0] : "";
        }
        catch (IOException)
        {
            return "";
        }
    }
}
