using System.Globalization;

namespace Aspire.Hosting.Tests.Processes;

[Collection(AloneDefinition.Name)]
public sealed class ProcessLeakTests
{
    [Fact]
    public async Task Two_hundred_processes_leave_no_descriptor_and_no_zombie()
    {
        await using var shell = new Shell();
        static int Descriptors() => Directory.GetFiles("/proc/self/fd").Length;
        var before = 0;
        for (var count = 0; count < 200; count++)
        {
            var process = await shell.ScriptAsync("echo $1", count.ToString(CultureInfo.InvariantCulture));
            Assert.Equal(0, await process.Exited.WaitAsync(TimeSpan.FromSeconds(20)));
            before = count == 9 ? Descriptors() : before;
        }

        Assert.Equal(200, shell.Output.Count);

        await Eventually.Is(() => Descriptors() < before + 40, $"the descriptors are closed, of which there were {before}");
        Assert.DoesNotContain("Z", Directory.GetDirectories("/proc").Where(folder => char.IsAsciiDigit(Path.GetFileName(folder)[0])).Select(StateIfOurChild));
    }

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
