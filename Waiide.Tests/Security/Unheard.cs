using Waiide.Tests.Support;

namespace Waiide.Tests.Security;

/// <summary>Holds that the IDE hears nothing, not even a connection, of what is tried.</summary>
internal static class Unheard
{
    public static async Task By(StubIde ide, Func<Task> attempts)
    {
        var (requests, opened) = (ide.Forwarded.Count(), Opened(ide));
        await attempts();
        Assert.Equal([], ide.Forwarded.Skip(requests).Select(request => $"{request.Method} {request.Target}"));
        await Eventually.Is(() => Opened(ide) <= opened, "the IDE was dialed by nothing but the gateway's own probes");
    }

    // Each of the gateway's own probes has a connection of its own.
    private static int Opened(StubIde ide) => ide.Connections - ide.Requests.Count(request => request.Target == "/version");
}
