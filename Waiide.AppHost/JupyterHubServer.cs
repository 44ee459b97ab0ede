namespace Waiide.AppHost;

/// <summary>Makes a project a single-user server of the hub: it is told what a spawner tells it, and the hub is told where it is.</summary>
internal static class JupyterHubServer
{
    /// <summary>In a terminal of a hub's server this process has that server's variables; ours must not hear of that hub.</summary>
    public static void ForgetInheritedVariables()
    {
        foreach (var name in Environment.GetEnvironmentVariables().Keys.Cast<string>().Where(name => name.StartsWith("JUPYTERHUB_", StringComparison.Ordinal)).ToArray())
        {
            Environment.SetEnvironmentVariable(name, null);
        }
    }

    // The names are JupyterHub's own (reference: "Spawners", "Environment variables and command-line arguments").
    /// <param name="front">Where browsers come in: the hub's own front, or what stands before it.</param>
    public static IResourceBuilder<ProjectResource> WithJupyterHub(
        this IResourceBuilder<ProjectResource> server, IResourceBuilder<ProjectResource> hub, ReferenceExpression front, string user, IResourceBuilder<ParameterResource> token)
    {
        var prefix = $"/user/{user}/";
        var http = server.GetEndpoint("http");
        var isPublished = hub.ApplicationBuilder.ExecutionContext.IsPublishMode;
        var api = hub.GetEndpoint("api");
        var scopes = $"[\"access:servers!server={user}/\", \"access:servers!user={user}\"]";

        // The hub and the gateway name each other. That is no circle: addresses are known before anything starts.
        hub.WithEnvironment("Hub__Servers__0__User", user)
            .WithEnvironment("Hub__Servers__0__Name", "")
            .WithEnvironment("Hub__Servers__0__Url", http)
            .WithEnvironment("Hub__Servers__0__ApiToken", token)
            .WithEnvironment("Hub__PublicUrl", front);

        return server
            .WithEnvironment("JUPYTERHUB_USER", user)
            .WithEnvironment("JUPYTERHUB_SERVER_NAME", "")
            .WithEnvironment("JUPYTERHUB_API_TOKEN", token)
            .WithEnvironment("JUPYTERHUB_API_URL", ReferenceExpression.Create($"{api}/hub/api"))
            .WithEnvironment("JUPYTERHUB_ACTIVITY_URL", ReferenceExpression.Create($"{api}/hub/api/users/{user}/activity"))
            .WithEnvironment("JUPYTERHUB_BASE_URL", "/")
            .WithEnvironment("JUPYTERHUB_HOST", "")
            .WithEnvironment("JUPYTERHUB_SERVICE_PREFIX", prefix)
            // The private port: the hub's route and readiness poll use the public one, this one is what to listen on.
            .WithEnvironment("JUPYTERHUB_SERVICE_URL", ReferenceExpression.Create($"http://{(isPublished ? "0.0.0.0" : "127.0.0.1")}:{http.Property(EndpointProperty.TargetPort)}{prefix}"))
            .WithEnvironment("JUPYTERHUB_PUBLIC_URL", ReferenceExpression.Create($"{front}{prefix}"))
            .WithEnvironment("JUPYTERHUB_PUBLIC_HUB_URL", ReferenceExpression.Create($"{front}/hub/"))
            .WithEnvironment("JUPYTERHUB_CLIENT_ID", $"jupyterhub-user-{user}")
            .WithEnvironment("JUPYTERHUB_OAUTH_CALLBACK_URL", $"{prefix}oauth_callback")
            .WithEnvironment("JUPYTERHUB_OAUTH_ACCESS_SCOPES", scopes)
            .WithEnvironment("JUPYTERHUB_OAUTH_SCOPES", scopes)
            .WithEnvironment("JUPYTERHUB_OAUTH_CLIENT_ALLOWED_SCOPES", "[]");
    }
}
