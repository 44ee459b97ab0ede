namespace Waiide.AppHost;

/// <summary>Tells the person at the console where to click and how to sign in.</summary>
internal static class Welcome
{
    /// <summary>Prints the lines each time <paramref name="gateway"/> becomes healthy, which is after everything that it waits for.</summary>
    public static void WhenReady(
        IResourceBuilder<ProjectResource> gateway, EndpointReference door, string path, string how, IResourceBuilder<ParameterResource> secret) =>
        gateway.OnResourceReady(async (_, _, cancellationToken) =>
            Console.WriteLine($"""

                Waiide is ready: everything healthy.
                  Open     {door.Url}{path}
                  Sign in  {how} {await secret.Resource.GetValueAsync(cancellationToken)}
                  Stop     Ctrl+C

                """));
}
