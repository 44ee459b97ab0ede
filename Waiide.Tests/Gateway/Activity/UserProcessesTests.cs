using Waiide.Gateway.Ide;

namespace Waiide.Tests.Gateway.Activity;

public class UserProcessesTests
{
    private const int Gateway = 1;

    // What a window with a terminal, a notebook and a job of its own looks like.
    private static readonly ProcessUse[] Run =
    [
        Process(10, "node", parent: Gateway), // The IDE server,
        Process(11, "node", parent: 10), // an extension host,
        Process(12, "git", parent: 11), // what extensions start,
        Process(13, "rust-analyzer", parent: 11),
        Process(14, "node", parent: 10), // and the host of the terminals.
        Process(20, "bash", parent: 14, terminal: 34816),
        Process(21, "make", parent: 20, terminal: 34816),
        Process(22, "cc1", parent: 21), // It gave its terminal up.
        Process(30, "python", parent: 11), // A notebook's kernel,
        Process(31, "python", parent: 30), // and what it starts.
        Process(40, "train", parent: 4711), // Started by setsid, from a shell that is gone.
        Process(41, "train", parent: Gateway), // The same where the gateway is a container's first process.
    ];

    [Fact]
    public void Terminals_and_notebooks_and_jobs_left_behind_are_the_persons() =>
        Assert.Equal([20, 21, 22, 30, 31, 40, 41], UserProcesses.Of(Run, Gateway, process => process.Id == 30).Select(process => process.Id));

    [Fact]
    public void What_extensions_start_is_known_as_theirs_and_the_extension_host_itself_is_not() =>
        Assert.Equal([12, 13, 30, 31], UserProcesses.OfExtensions(Run, process => process.Id == 11).Select(process => process.Id));

    [Fact]
    public void Use_of_ended_children_is_read_from_the_kernels_line()
    {
        var use = ProcessUse.Parse("4711 (make) S 1 4711 4711 34816 4711 4194560 1 2 3 4 150 50 1000 200 20 0 1 0 987 1 2 3");
        Assert.Equal(TimeSpan.FromSeconds(2), use.Cpu);
        Assert.Equal(TimeSpan.FromSeconds(12), use.EndedChildrenCpu);
        Assert.Equal(987, use.Started);
    }

    private static ProcessUse Process(int id, string name, int parent, int terminal = 0) => new(id, name, parent, id, terminal, 0, TimeSpan.Zero, TimeSpan.Zero, Started: id);
}
