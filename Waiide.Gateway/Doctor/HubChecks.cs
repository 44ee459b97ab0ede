using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace Waiide.Gateway.Doctor;

/// <summary>From this server to the hub: its name, its port, its API, and what it thinks of this server's token.</summary>
internal static class HubChecks
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    internal static async IAsyncEnumerable<Finding> LookAsync(GatewayOptions options, Dial dial)
    {
        var hub = options.Hub!;
        var addresses = await AddressesOfAsync(hub.ApiUrl.IdnHost);
        yield return addresses.Length > 0
            ? Finding.Ok(Checks.HubDns, $"The hub's host {hub.ApiUrl.Host} is {string.Join(", ", addresses.Select(address => address.ToString()))}.")
            : Finding.Failure(Checks.HubDns, $"The hub's host {hub.ApiUrl.Host} (JUPYTERHUB_API_URL) has no address here.", "c.JupyterHub.hub_connect_ip = '…'  # a name or address of the hub that this machine can resolve");
        if (addresses.Length == 0)
        {
            yield break;
        }

        var obstacle = await ObstacleAsync(addresses, hub.ApiUrl.Port);
        yield return obstacle is null
            ? Finding.Ok(Checks.HubTcp, $"Port {hub.ApiUrl.Port} of the hub accepts connections.")
            : Finding.Failure(
                Checks.HubTcp,
                $"{hub.ApiUrl.Host} does not accept connections on port {hub.ApiUrl.Port}: {obstacle}.",
                addresses.All(IPAddress.IsLoopback)
                    ? "c.JupyterHub.hub_ip = '0.0.0.0' and c.JupyterHub.hub_connect_ip = '…'  # in a container, 127.0.0.1 is the container, not the hub"
                    : $"c.JupyterHub.hub_ip = '0.0.0.0'  # and let firewalls and network policies pass port {hub.ApiUrl.Port}");
        if (obstacle is not null)
        {
            yield break;
        }

        var answer = await dial.AskAsync(hub.ApiUrl);
        yield return Api(hub.ApiUrl, answer);
        if (answer.Status == 0)
        {
            yield break;
        }

        if (answer.Date is { } date)
        {
            yield return Clock(DateTimeOffset.UtcNow - date);
        }

        var who = await dial.AskAsync(new Uri(hub.ApiUrl + "/user"), hub.ApiToken);
        yield return Token(who, options.User);
        if (who.Status == 200)
        {
            yield return Activity(Scopes(who.Json), options);
        }

        yield return OAuthClient(hub, await dial.AskAsync(new Uri(hub.ApiUrl + "/oauth2/token"), null, new Dictionary<string, string>
        {
            // A code that nobody has given out: a hub that knows the client objects to it, one that does not objects to the client.
            ["client_id"] = hub.ClientId,
            ["client_secret"] = hub.ApiToken,
            ["grant_type"] = "authorization_code",
            ["code"] = "waiide-doctor",
            ["redirect_uri"] = hub.CallbackUrl,
        }));
    }

    internal static async Task<IPAddress[]> AddressesOfAsync(string host)
    {
        try
        {
            return await Dns.GetHostAddressesAsync(host).WaitAsync(Limit);
        }
        catch (Exception failure) when (failure is SocketException or TimeoutException or ArgumentException)
        {
            return [];
        }
    }

    internal static Finding Api(Uri url, Dial.Answer answer)
    {
        if (answer.Trouble.Contains("RemoteCertificateNameMismatch", StringComparison.Ordinal))
        {
            return Finding.Failure(Checks.HubApi, $"The hub's certificate is not for {url.Host}.", $"c.JupyterHub.trusted_alt_names = ['{(IPAddress.TryParse(url.Host, out _) ? "IP" : "DNS")}:{url.Host}']  # and delete the hub's internal-ssl directory");
        }

        if (answer.Status == 0)
        {
            return url.Scheme == "https"
                ? Finding.Failure(Checks.HubApi, $"No TLS with the hub at {url}: {answer.Trouble}.", "c.JupyterHub.recreate_internal_certs = True  # and spawn again: its certificates and those of this server are of different authorities")
                : Finding.Failure(Checks.HubApi, $"The hub does not speak HTTP at {url}: {answer.Trouble}.", "c.JupyterHub.hub_connect_url = 'http://…:8081'  # of the hub's API, not of its proxy");
        }

        if (answer.Status != 200 || Text(answer.Json, "version") is not { } version)
        {
            return Finding.Failure(Checks.HubApi, $"{url} answers {answer.Status}, which is not a hub's version.", "c.JupyterHub.hub_connect_url = 'http://…:8081'  # of the hub's API; JUPYTERHUB_API_URL ends with hub/api");
        }

        return Hub.HubVersion.IsKnown(version)
            ? Finding.Ok(Checks.HubApi, $"{url} is JupyterHub {version}.")
            : Finding.Warning(Checks.HubApi, $"{url} is JupyterHub {version}, for which this version of Waiide is not written.", $"a newer Waiide, or a hub of version {Hub.HubVersion.Oldest} to {Hub.HubVersion.Newest}");
    }

    internal static Finding Clock(TimeSpan ahead)
    {
        var distance = $"This machine's clock is {Math.Abs(ahead.TotalSeconds):0} s {(ahead > TimeSpan.Zero ? "ahead of" : "behind")} the hub's";
        return ahead > TimeSpan.FromMinutes(59)
            ? Finding.Failure(Checks.Clock, distance + ": the hub refuses reports from the future, and would stop this server as unused.", "timedatectl set-ntp true  # on both machines")
            : ahead.Duration() > TimeSpan.FromSeconds(60)
                ? Finding.Warning(Checks.Clock, distance + ": what is reported as last use is wrong by as much.", "timedatectl set-ntp true  # on both machines")
                : Finding.Ok(Checks.Clock, "This machine's clock and the hub's agree.");
    }

    internal static Finding Token(Dial.Answer answer, string user) => answer.Status switch
    {
        200 when Text(answer.Json, "name") is { } name => name == user
            ? Finding.Ok(Checks.Token, $"JUPYTERHUB_API_TOKEN is {name}'s.")
            : Finding.Failure(Checks.Token, $"JUPYTERHUB_API_TOKEN is {name}'s, but JUPYTERHUB_USER is {user}.", "c.Spawner.environment = {…}  # without JUPYTERHUB_*: the spawner sets them"),
        401 or 403 => Finding.Failure(Checks.Token, "The hub does not know JUPYTERHUB_API_TOKEN.", "stop this server at the hub and start it again: its token ends with the server, and with the hub's database"),
        0 => Finding.Failure(Checks.Token, $"The hub does not say whose JUPYTERHUB_API_TOKEN is: {answer.Trouble}.", "see the hub's log"),
        var status => Finding.Failure(Checks.Token, $"The hub answers {status} when asked whose JUPYTERHUB_API_TOKEN is.", "see the hub's log"),
    };

    internal static Finding Activity(IReadOnlyList<string> scopes, GatewayOptions options)
    {
        if (options.Hub!.ActivityUrl is null)
        {
            return Finding.Warning(Checks.Activity, "This server reports no activity: a culler stops it although it is used.", "JUPYTERHUB_ACTIVITY_URL=…  # set by the hub; and JUPYTERHUB_ACTIVITY_INTERVAL must not be 0");
        }

        return scopes.Any(scope => scope.Split('!')[0] is "users:activity" or "users" or "admin:users")
            ? Finding.Ok(Checks.Activity, "The token may report activity.")
            : Finding.Failure(Checks.Activity, "The token may not report activity: a culler will stop this server although it is used.", "c.Spawner.server_token_scopes = ['users:activity!user', 'access:servers!server']");
    }

    internal static Finding OAuthClient(HubOptions hub, Dial.Answer answer) => (answer.Status, Text(answer.Json, "error")) switch
    {
        (400, "invalid_grant") => Finding.Ok(Checks.OAuthClient, $"The hub knows the OAuth client {hub.ClientId} by this token."),
        (400 or 401, "invalid_client") => Finding.Failure(Checks.OAuthClient, $"The hub does not know the OAuth client {hub.ClientId} by this token: nobody can sign in.", "stop this server at the hub and start it again: client and token are made together"),
        (0, _) => Finding.Failure(Checks.OAuthClient, $"The hub does not answer about its OAuth clients: {answer.Trouble}.", "see the hub's log"),
        var (status, error) => Finding.Failure(Checks.OAuthClient, $"The hub answers {status} ({error ?? "no reason given"}) about the OAuth client {hub.ClientId}.", "see the hub's log"),
    };

    internal static IReadOnlyList<string> Scopes(JsonNode? user) => user is JsonObject fields && fields["scopes"] is JsonArray scopes ? [.. scopes.Select(scope => scope?.ToString()).OfType<string>()] : [];

    internal static string? Text(JsonNode? body, string key) => body is JsonObject fields && fields[key] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static async Task<string?> ObstacleAsync(IPAddress[] addresses, int port)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(addresses, port).WaitAsync(Limit);
            return null;
        }
        catch (SocketException failure)
        {
            return failure.SocketErrorCode == SocketError.ConnectionRefused ? "nothing listens there" : failure.Message;
        }
        catch (TimeoutException)
        {
            return $"no answer within {Limit.TotalSeconds:0} s, as if packets were dropped on the way";
        }
    }
}
