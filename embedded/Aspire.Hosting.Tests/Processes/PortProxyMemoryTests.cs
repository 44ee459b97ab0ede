using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Aspire.Hosting.Dcp.Processes;

namespace Aspire.Hosting.Tests.Processes;

[Collection(AloneDefinition.Name)]
public sealed class PortProxyMemoryTests
{
    [Fact]
    public async Task A_gibibyte_passes_unchanged_and_leaves_nothing_in_memory()
    {
        using var backend = new TcpListener(IPAddress.Loopback, 0);
        backend.Start();
        await using var proxy = PortProxy.Listen(IPAddress.Loopback, 0, () => (IPEndPoint)backend.LocalEndpoint);
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(IPAddress.Loopback, proxy.Port);
        using var server = await backend.AcceptSocketAsync();
        var allocated = GC.GetTotalAllocatedBytes();

        var receiving = Task.Run(async () =>
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var buffer = new byte[256 * 1024];
            while (await server.ReceiveAsync(buffer) is > 0 and var count)
            {
                hash.AppendData(buffer, 0, count);
            }

            return hash.GetHashAndReset();
        });
        using var sent = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var block = RandomNumberGenerator.GetBytes(1024 * 1024);
        for (var count = 0; count < 1024; count++)
        {
            block[count]++;
            sent.AppendData(block);
            await client.SendAsync(block);
        }

        client.Shutdown(SocketShutdown.Send);
        Assert.Equal(sent.GetHashAndReset(), await receiving.WaitAsync(TimeSpan.FromMinutes(2)));
        Assert.InRange(GC.GetTotalAllocatedBytes() - allocated, 0, 64L * 1024 * 1024);
    }
}
