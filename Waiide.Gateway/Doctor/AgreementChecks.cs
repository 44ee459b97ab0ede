namespace Waiide.Gateway.Doctor;

/// <summary>Whether what the hub has told this server agrees with itself; nothing is asked.</summary>
internal static class AgreementChecks
{
    private const string SetByTheSpawner = "c.Spawner.environment = {…}  # without JUPYTERHUB_*: the spawner sets them";

    internal static IEnumerable<Finding> Look(GatewayOptions options) => [RedirectUri(options), AccessScopes(options), CookiePath(options)];

    // Hubs say "wrong redirect URI" only to people who are signed in; but each registers the one that it tells its server.
    internal static Finding RedirectUri(GatewayOptions options)
    {
        var (hub, expected) = (options.Hub!, options.Prefix + "oauth_callback");
        var isAbsolute = hub.CallbackUrl.Contains("://", StringComparison.Ordinal);
        var path = isAbsolute && Uri.TryCreate(hub.CallbackUrl, UriKind.Absolute, out var url) ? url.AbsolutePath : hub.CallbackUrl;
        if (path != expected)
        {
            return Finding.Failure(Checks.RedirectUri, $"JUPYTERHUB_OAUTH_CALLBACK_URL is {hub.CallbackUrl}, which is not below JUPYTERHUB_SERVICE_PREFIX ({options.Prefix}): signing in ends in 404.", $"JUPYTERHUB_OAUTH_CALLBACK_URL={expected}  # better: leave both to the spawner");
        }

        return hub.Host.Length > 0 && !isAbsolute
            ? Finding.Warning(Checks.RedirectUri, "JUPYTERHUB_HOST is set, but JUPYTERHUB_OAUTH_CALLBACK_URL has no host: where users have subdomains, signing in leads back to the hub's own.", SetByTheSpawner)
            : Finding.Ok(Checks.RedirectUri, $"Signing in leads back to {hub.CallbackUrl}.");
    }

    internal static Finding AccessScopes(GatewayOptions options)
    {
        string[] ours = ["access:servers", $"access:servers!user={options.User}", $"access:servers!server={options.User}/{options.ServerName}"];
        var scopes = options.Hub!.AccessScopes;
        return scopes.Any(ours.Contains)
            ? Finding.Ok(Checks.AccessScopes, $"Let in is who has {string.Join(" or ", scopes)}.")
            : Finding.Failure(Checks.AccessScopes, $"JUPYTERHUB_OAUTH_ACCESS_SCOPES ({string.Join(", ", scopes)}) does not name this server ({options.User}/{options.ServerName}): its owner is refused.", SetByTheSpawner);
    }

    internal static Finding CookiePath(GatewayOptions options)
    {
        var hub = options.Hub!;
        if (!options.Prefix.StartsWith(hub.BaseUrl, StringComparison.Ordinal))
        {
            return Finding.Failure(Checks.CookiePath, $"JUPYTERHUB_SERVICE_PREFIX ({options.Prefix}) is not below JUPYTERHUB_BASE_URL ({hub.BaseUrl}): the hub's proxy never leads there.", $"c.JupyterHub.base_url = '{hub.BaseUrl}'  # and nothing else that sets a prefix");
        }

        if (!hub.CookieHostPrefix)
        {
            return Finding.Ok(Checks.CookiePath, $"Cookies are for {options.Prefix} only.");
        }

        // https://developer.mozilla.org/docs/Web/HTTP/Headers/Set-Cookie#cookie_prefixes
        return hub.PublicUrl?.Scheme == "http" || hub.Host.StartsWith("http:", StringComparison.Ordinal)
            ? Finding.Failure(Checks.CookiePath, "JUPYTERHUB_COOKIE_HOST_PREFIX_ENABLED is 1, but browsers come by http: they refuse __Host- cookies there, and every page leads to the login again.", "c.JupyterHub.cookie_host_prefix_enabled = False  # or https in front")
            : hub.Host.Length == 0
                ? Finding.Warning(Checks.CookiePath, "__Host- cookies are for the whole host, and all servers of this hub share it: each gets the others' cookies.", "c.JupyterHub.subdomain_host = 'https://…'  # or c.JupyterHub.cookie_host_prefix_enabled = False")
                : Finding.Ok(Checks.CookiePath, "Cookies are __Host- cookies of this server's own host.");
    }
}
