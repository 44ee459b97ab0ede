using System.Globalization;

namespace Waiide.Gateway.Doctor;

/// <summary>The browser's way: through the hub's public front back to this server, and what the hops between have made of the request.</summary>
internal static class FrontChecks
{
    private const string KeepTheUpgrade = "proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $connection_upgrade;  # nginx: at every proxy in front";
    private const string KeepTheHost = "proxy_set_header Host $http_host;  # nginx: at every proxy in front; $host would lose the port";

    internal static async IAsyncEnumerable<Finding> LookAsync(GatewayOptions options, Examination.Request request, Dial dial)
    {
        if (Front(options, request.Front) is not { } front)
        {
            yield return Finding.Skipped(Checks.Front, "Nobody has said where browsers find this server: add --front https://hub.example.org to look at the way through the proxies.");
            yield break;
        }

        // Without the token first: an address may be mistyped, and whoever answers there has no business with it.
        var status = new Uri(front, "api/status");
        var answer = await dial.AskAsync(status);
        if (answer.Json?["services"]?["WAIIDE"] is null)
        {
            yield return Way(front, answer, isCertain: request.Front is not null);
            yield break;
        }

        var token = MayCarryToken(front) ? GatewayChecks.TokenOf(options) : null;
        answer = token is null ? answer : await dial.AskAsync(status, token);
        yield return MayCarryToken(front)
            ? Way(front, answer, isCertain: request.Front is not null)
            : Finding.Warning(Checks.Front, $"{front} leads to a gateway. What it sees of a request, and WebSockets, were not looked at: this server's token would go there in the clear.", "--front https://hub.example.org  # or, on the proxy's own machine, --front http://127.0.0.1:8000");

        if (answer.Json?["proxy"] is { } seen)
        {
            yield return Host(front, seen["host"]?.ToString() ?? "");
            yield return Scheme(front, seen["scheme"]?.ToString() ?? "", seen["peer_is_trusted"]?.GetValue<bool>() ?? false, seen["peer"]?.ToString() ?? "");
        }

        if (options.Hub is { } hub)
        {
            yield return await LoginAsync(front, hub, dial);
        }

        if (!MayCarryToken(front))
        {
            yield break;
        }

        var (opened, cutAfter, trouble) = await dial.OpenWebSocketAsync(front, token, front.GetLeftPart(UriPartial.Authority), request.Quiet);
        yield return WebSocket(opened, trouble);
        if (opened == 101 && request.Quiet > TimeSpan.Zero)
        {
            yield return cutAfter is { } when
                ? Finding.Failure(Checks.FrontQuiet, string.Create(CultureInfo.InvariantCulture, $"A quiet WebSocket is cut after {when.TotalSeconds:0} s: the IDE will reconnect all day."), "proxy_read_timeout 1d; proxy_send_timeout 1d;  # nginx; other load balancers call it the idle timeout")
                : Finding.Ok(Checks.FrontQuiet, string.Create(CultureInfo.InvariantCulture, $"A WebSocket stays open while nothing is said for {request.Quiet.TotalSeconds:0} s."));
        }
    }

    /// <summary>A token goes over https only, where a certificate says who gets it, or stays on this machine.</summary>
    internal static bool MayCarryToken(Uri front) => front.Scheme == "https" || front.IsLoopback;

    internal static Finding Way(Uri front, Dial.Answer answer, bool isCertain)
    {
        if (answer.Json?["services"]?["WAIIDE"] is not null)
        {
            if (answer.Json["proxy"]?["path"]?.ToString() is { } seen && seen != front.AbsolutePath + "api/status")
            {
                return Finding.Warning(Checks.Front, $"{front} leads to this server, but a proxy spells the path anew: the gateway is asked for {seen}.", "proxy_pass http://hub:8000;  # nginx: no path, not even a slash, after the port");
            }

            return answer.Json["proxy"] is not null
                ? Finding.Ok(Checks.Front, $"{front} leads to a gateway that knows this server's token.")
                : Finding.Warning(Checks.Front, $"{front} leads to a gateway, which does not see or know the token that was sent.", "proxy_set_header Authorization $http_authorization;  # nginx: where a proxy drops it; else see token above");
        }

        if (answer.Status == 404 && HubChecks.Text(answer.Json, "message") is { } message && message.StartsWith("This server is at ", StringComparison.Ordinal))
        {
            return Finding.Failure(Checks.Front, $"{front} leads to the gateway, but with another path than the one that was asked for.", "proxy_pass http://hub:8000;  # nginx: no path, not even a slash, after the port; other proxies: do not strip the prefix");
        }

        return answer.Status switch
        {
            // A machine need not reach its own public address.
            0 when !isCertain => new Finding(Checks.Front, Verdict.Warning, $"{front} cannot be reached from here, which need not matter: {answer.Trouble}.", "try the same from a browser, or --front with an address of the proxy that this machine can reach"),
            0 => Finding.Failure(Checks.Front, $"{front} cannot be reached: {answer.Trouble}.", "c.JupyterHub.bind_url = 'http://:8000'  # and a proxy in front that listens where browsers look"),
            502 or 503 or 504 => Finding.Failure(Checks.Front, $"{front} answers {answer.Status}: a proxy on the way cannot reach the next hop, or this server.", "c.Spawner.ip = '0.0.0.0' and c.Spawner.port = 8070  # where the hub's proxy can reach them"),
            404 or 424 or (>= 300 and < 400) => Finding.Failure(Checks.Front, $"{front} answers {answer.Status}: the hub has no route to this server.", "c.JupyterHub.base_url = '/'  # as the proxy in front has it; then start this server from the hub's page"),
            var status => Finding.Failure(Checks.Front, $"{front} answers {status}, not this server.", "proxy_pass http://hub:8000;  # nginx: to the hub's proxy, for every path below its base_url"),
        };
    }

    internal static Finding Host(Uri front, string seen) => new HostString(seen).ToUriComponent() is var host && (host == front.Authority || host == $"{front.Host}:{front.Port}")
        ? Finding.Ok(Checks.FrontHost, $"The gateway sees the browser's host ({seen}).")
        : Finding.Failure(Checks.FrontHost, $"The gateway sees the host {seen}, the browser's is {front.Authority}: WebSockets from the browser get 403.", KeepTheHost);

    internal static Finding Scheme(Uri front, string seen, bool peerIsTrusted, string peer)
    {
        if (seen == front.Scheme || (seen == "unknown" && front.Scheme == "http"))
        {
            return Finding.Ok(Checks.FrontScheme, seen == "unknown" ? "Nobody says https, and nobody has to." : $"The gateway knows that browsers speak {seen}.");
        }

        return seen == "unknown" && !peerIsTrusted
            ? Finding.Warning(Checks.FrontScheme, $"The gateway does not know that browsers speak {front.Scheme}: cookies lack Secure.", $"WAIIDE_TRUSTED_PROXIES={peer}  # the hub's proxy; or c.JupyterHub.public_url = '{front.GetLeftPart(UriPartial.Authority)}' (JupyterHub 5)")
            : Finding.Failure(Checks.FrontScheme, $"The gateway is told that browsers speak {(seen == "unknown" ? "nothing known" : seen)}, but they speak {front.Scheme}: WebSockets from the browser get 403.", "proxy_set_header X-Forwarded-Proto $scheme;  # nginx: at the outermost proxy");
    }

    internal static Finding WebSocket(int status, string trouble) => status switch
    {
        101 => Finding.Ok(Checks.FrontWebSocket, "A WebSocket opens through the front."),
        0 => Finding.Failure(Checks.FrontWebSocket, $"A WebSocket through the front is cut: {trouble}.", KeepTheUpgrade),
        401 => Finding.Failure(Checks.FrontWebSocket, "A WebSocket through the front loses its credentials (401).", "proxy_pass_request_headers on;  # nginx: Cookie and Authorization must get through"),
        403 => Finding.Failure(Checks.FrontWebSocket, "A WebSocket through the front is taken for another site's (403).", KeepTheHost),
        502 or 503 or 504 => Finding.Failure(Checks.FrontWebSocket, $"A WebSocket through the front gets {status}: the IDE is not usable, or a hop does not reach the next.", "see ide above"),
        _ => Finding.Failure(Checks.FrontWebSocket, $"A WebSocket through the front gets {status}: a hop drops the Upgrade header.", KeepTheUpgrade),
    };

    // Without a session: to this server, to the hub's authorization, to its login page.
    private static async Task<Finding> LoginAsync(Uri front, HubOptions hub, Dial dial)
    {
        const string fix = "c.JupyterHub.base_url = '/' and c.JupyterHub.subdomain_host = ''  # as browsers see the hub";
        var start = await dial.AskAsync(front, accept: "text/html");
        if (start.Location is not { } authorize || !authorize.OriginalString.Contains("/hub/api/oauth2/authorize?", StringComparison.Ordinal))
        {
            return Finding.Failure(Checks.FrontLogin, $"A browser without a session gets {start.Status} instead of the way to the hub's login.", fix);
        }

        var there = new Uri(front, authorize);
        var login = await dial.AskAsync(there, accept: "text/html");
        return login.Status is >= 300 and < 400
            ? Finding.Ok(Checks.FrontLogin, "A browser without a session is led to the hub's login.")
            : Finding.Failure(Checks.FrontLogin, $"A browser without a session is sent to {there.GetLeftPart(UriPartial.Path)}, which answers {(login.Status == 0 ? login.Trouble : login.Status)}.", $"c.JupyterHub.base_url = '{hub.BaseUrl}'  # and JUPYTERHUB_HOST where browsers find the hub");
    }

    private static Uri? Front(GatewayOptions options, Uri? said)
    {
        if (said is not null)
        {
            return said.AbsolutePath == options.Prefix ? said : new Uri(said.GetLeftPart(UriPartial.Authority) + options.Prefix);
        }

        return Uri.TryCreate(options.Hub?.FrontOf(options.Prefix), UriKind.Absolute, out var front) && front.Scheme is "http" or "https" ? front : null;
    }
}
