using Waiide.Gateway.Ide;
using Waiide.Tests.Support;

namespace Waiide.Tests.Gateway.Ide;

public sealed class ContainerMemoryTests : IDisposable
{
    private readonly TempDirectory _mount = new();

    public void Dispose() => _mount.Dispose();

    [Fact]
    public void The_tightest_limit_above_the_process_counts()
    {
        Write("pods/memory.max", "2147483648");
        Write("pods/pod1/memory.max", "1073741824");
        Write("pods/pod1/c/memory.max", "max");

        Assert.Equal(1L << 30, Found("0::/pods/pod1/c")!.Limit);
        Assert.Null(Found("0::/"));
    }

    [Fact]
    public void In_a_container_the_mount_is_its_own_group_whatever_path_the_host_knows_it_by()
    {
        Write("memory/memory.limit_in_bytes", "536870912");

        Assert.Equal(512L << 20, Found("5:cpu,cpuacct:/docker/abc", "4:memory:/docker/abc", "0::/docker/abc")!.Limit);
    }

    [Fact]
    public void No_limit_has_many_spellings()
    {
        Write("memory.max", "max");
        Write("memory/memory.limit_in_bytes", "9223372036854771712");

        Assert.Null(Found("4:memory:/", "0::/"));
        Assert.Null(Found());
    }

    [Fact]
    public void What_the_kernel_can_take_back_is_not_used()
    {
        Write("memory.max", "1000000");
        Write("memory.current", "900000");
        Write("memory.stat", "anon 500000\nfile 300000\ninactive_file 200000\nactive_file 90000\nshmem 10000\nslab_reclaimable 10000\n");
        Assert.Equal(600000, Found("0::/")!.Used());
    }

    [Fact]
    public void In_version_1_neither()
    {
        Write("memory/memory.limit_in_bytes", "1000000");
        Write("memory/memory.usage_in_bytes", "900000");
        Write("memory/memory.stat", "cache 300000\ninactive_file 1\ntotal_inactive_file 200000\ntotal_active_file 90000\n");
        Assert.Equal(610000, Found("4:memory:/")!.Used());
    }

    private ContainerMemory? Found(params string[] groups) => ContainerMemory.Find(groups, _mount.Path);

    private void Write(string file, string text)
    {
        var path = Path.Combine(_mount.Path, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text + "\n");
    }
}
