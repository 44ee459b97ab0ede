using Waiide.Gateway.Ide;

namespace Waiide.Tests.Gateway.Ide;

public class VsCodeProcessTests
{
    [Fact]
    public void Connections_are_what_the_listener_of_that_socket_has_accepted()
    {
        string[] lines =
        [
            "Num       RefCount Protocol Flags    Type St Inode Path",
            "0000000000000000: 00000002 00000000 00010000 0001 01 100 /data/run/ide.sock", // the listener itself
            "0000000000000000: 00000003 00000000 00000000 0001 03 101 /data/run/ide.sock",
            "0000000000000000: 00000003 00000000 00000000 0001 03 102", // the other end
            "0000000000000000: 00000003 00000000 00000000 0001 03 103 /data/run/ide.sock.other",
            "0000000000000000: 00000003 00000000 00000000 0001 02 104 /data/run/ide.sock", // still connecting
        ];
        Assert.Equal(["socket:[101]"], VsCodeProcess.UnixConnections(lines, "/data/run/ide.sock"));
    }

    [Fact]
    public void A_path_may_have_spaces() =>
        Assert.Equal(["socket:[7]"], VsCodeProcess.UnixConnections(["0000000000000000: 00000003 00000000 00000000 0001 03     7 /my data/ide.sock"], "/my data/ide.sock"));

    [Fact]
    public void On_a_port_they_are_the_established_ones_of_its_own_side()
    {
        string[] lines =
        [
            "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode",
            "   0: 0100007F:1F87 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 200 1", // listens
            "   1: 0100007F:1F87 0100007F:C350 01 00000000:00000000 00:00000000 00000000  1000        0 201 1",
            "   2: 0100007F:C350 0100007F:1F87 01 00000000:00000000 00:00000000 00000000  1000        0 202 1", // the other end
            "   3: 0100007F:1F87 0100007F:C351 08 00000000:00000000 00:00000000 00000000  1000        0 203 1", // the browser has gone
        ];
        Assert.Equal(["socket:[201]"], VsCodeProcess.TcpConnections(lines, 8071));
    }

    [Fact]
    public void What_is_not_an_extension_host_of_VS_Code_has_no_type_and_no_client_that_could_be_known()
    {
        Assert.Null(VsCodeProcess.TypeOf(Environment.ProcessId));
        Assert.Null(VsCodeProcess.HasClient(Environment.ProcessId, new HashSet<string>()));
    }
}
