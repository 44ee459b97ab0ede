using System.Net;
using System.Net.Sockets;

namespace Waiide.AppHost;

/// <summary>A port that people see, what it is for, and the setting that changes it.</summary>
internal sealed record PublicPort(int Number, string What, string Setting);

/// <summary>Looks before anything starts whether the public ports can be had, because only here their settings are known by name.</summary>
internal static class PublicPorts
{
    public static void Check(IReadOnlyList<PublicPort> ports, List<string> mistakes)
    {
        foreach (var shared in ports.GroupBy(port => port.Number).Where(group => group.Count() > 1))
        {
            mistakes.Add($"Port {shared.Key} is wanted for {string.Join(" and ", shared.Select(port => $"{port.What} ({port.Setting})"))}; give each a port of its own.");
        }

        foreach (var port in ports.DistinctBy(port => port.Number))
        {
            switch (TryListen(port.Number))
            {
                case null:
                    break;
                case SocketError.AddressAlreadyInUse:
                    mistakes.Add($"Port {port.Number} is in use. End what listens there (lsof -i :{port.Number} shows it), or choose another port for {port.What}: --{port.Setting}=PORT");
                    break;
                case SocketError.AccessDenied:
                    mistakes.Add($"Port {port.Number} may not be used by this user (ports below 1024 are the system's). Choose another port for {port.What}: --{port.Setting}=PORT");
                    break;
                case { } error:
                    mistakes.Add($"Port {port.Number} cannot be used ({error}). Choose another port for {port.What}: --{port.Setting}=PORT");
                    break;
            }
        }
    }

    private static SocketError? TryListen(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        // As .NET sets it on its listeners; without it a port whose last connections linger would count as busy.
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            socket.Listen();
            return null;
        }
        catch (SocketException exception)
        {
            return exception.SocketErrorCode;
        }
    }
}
