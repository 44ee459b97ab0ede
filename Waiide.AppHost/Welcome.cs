namespace Waiide.AppHost;

/// <summary>Tells the person at the console where to click and how to sign in.</summary>
internal static class Welcome
{
    /// <summary>Prints the lines each time <paramref name="door"/> becomes healthy, which is after everything that it waits for.</summary>
    public static void WhenReady(IResourceBuilder<IResource> door, ReferenceExpression link, ReferenceExpression signIn) =>
        door.OnResourceReady(async (_, _, cancellationToken) =>
            Console.WriteLine($"""

                Waiide is ready: everything healthy.
                  Open     {await link.GetValueAsync(cancellationToken)}
                  Sign in  {await signIn.GetValueAsync(cancellationToken)}
                  Stop     Ctrl+C

                """));
}
