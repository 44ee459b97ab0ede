using System.Text.RegularExpressions;
using Waiide.Tests.Support;

namespace Waiide.Tests.Conformance;

/// <summary>A hub like the one that was recorded, and what was done there between the recordings: users made, servers started, people signed in.</summary>
internal sealed partial class Lab
{
    private const string Tester = "token " + LabHub.TesterToken;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30); // A server that starts on a busy machine.

    private readonly Uri _front;
    private readonly Uri _api;
    private readonly Vocabulary _words = new();

    // Where codes come from that the recording took without writing it down: from the last authorization it did write down.
    private Request? _authorization;

    public Lab(LabHub hub, string profile)
    {
        (_front, _api) = (hub.Front, hub.Api);
        _words.LearnPort(profile == "3.0" ? 18000 : 18500, _front.Port);
        _words.LearnPort(profile == "3.0" ? 18081 : 18581, _api.Port);
    }

    public Vocabulary Words => _words;

    /// <summary>Sends a recorded request in the words of this run.</summary>
    public async Task<Answer> ReplayAsync(Exchange exchange)
    {
        if (NewCode().Match(exchange.Request.Body) is { Success: true } code && !_words.Knows(code.Value))
        {
            _words.Learn(code.Value, await CodeAsync());
        }

        var since = DateTimeOffset.UtcNow - Comparison.Date(exchange.Answer)!.Value;
        var request = _words.Translate(exchange.Request, since);
        if (exchange.Request.Target.StartsWith("/hub/api/oauth2/authorize", StringComparison.Ordinal) && exchange.Answer["Location"]?.Contains("code=", StringComparison.Ordinal) == true)
        {
            _authorization = request;
        }

        return await Wire.SendAsync(exchange.WentThroughTheFront ? _front : _api, request, Limit);
    }

    public async Task UsersAsync(params string[] names)
    {
        foreach (var name in names)
        {
            await AskAsync(201, "POST", $"/hub/api/users/{name}");
        }
    }

    /// <summary>Starts a server and learns its token from its environment.</summary>
    public async Task ServerAsync(string user, string name, string options, string? recordedToken = null)
    {
        var (encoded, server) = (Uri.EscapeDataString(user), Uri.EscapeDataString(name));
        await AskAsync(null, "POST", name.Length == 0 ? $"/hub/api/users/{encoded}/server" : $"/hub/api/users/{encoded}/servers/{server}", options);
        var prefix = "/user/" + encoded.Replace("%40", "@", StringComparison.Ordinal) + (name.Length == 0 ? "/" : $"/{server}/");
        await ReadyAsync(user, name);
        if (recordedToken is not null)
        {
            await ServerTokenAsync(prefix, recordedToken);
        }
    }

    /// <summary>Learns the token of a running server from its environment.</summary>
    public async Task ServerTokenAsync(string prefix, string recorded)
    {
        var answer = await SendAsync(_front, "GET", prefix + "env", "", []);
        _words.Learn(recorded, answer.Json?["JUPYTERHUB_API_TOKEN"]?.GetValue<string>() ?? throw new InvalidOperationException($"{prefix}env answered {answer.Status}, and not with the server's environment."));
    }

    /// <summary>Makes a user an API token, as the recording's helper did with POST …/tokens without a body.</summary>
    public async Task TokenAsync(string user, string recorded)
    {
        var made = await AskAsync(201, "POST", $"/hub/api/users/{Uri.EscapeDataString(user)}/tokens");
        _words.Learn(recorded, made.Json!["token"]!.GetValue<string>());
    }

    /// <summary>Asks who a token is of, which marks it as used.</summary>
    public Task UseAsync(string recorded) => AskAsync(200, "GET", "/hub/api/user", "", ("Authorization", "token " + (_words.Live(recorded) ?? recorded)));

    /// <summary>Signs somebody in; the cookies are those that the recorded request comes with.</summary>
    public async Task SignInAsync(string user, Exchange? next = null)
    {
        var jar = new Dictionary<string, string>();
        void Keep(Answer answer)
        {
            foreach (var cookie in answer.Headers.Where(header => header.Is("Set-Cookie")).Select(header => Cookie.Parse(header.Value)))
            {
                jar[cookie.Name] = cookie.RawValue;
            }
        }

        string Header() => string.Join("; ", jar.Select(cookie => $"{cookie.Key}={cookie.Value}"));
        Keep(await SendAsync(_front, "GET", "/hub/login", "", Navigation));
        var form = $"username={user}&password=pw" + (jar.TryGetValue("_xsrf", out var xsrf) ? $"&_xsrf={Uri.EscapeDataString(xsrf)}" : "");
        var signedIn = await SendAsync(_front, "POST", "/hub/login", form, [.. Navigation, new("Content-Type", "application/x-www-form-urlencoded"), new("Cookie", Header())]);
        Expect(302, "POST", "/hub/login", signedIn);
        Keep(signedIn);
        foreach (var pair in next?.Request["Cookie"]?.Split("; ").Select(text => text.Split('=', 2)) ?? [])
        {
            if (jar.TryGetValue(pair[0], out var live) && !_words.Knows(pair[1]))
            {
                _words.Use(pair[1], live);
            }
        }

        _authorization = _authorization is null ? null : _authorization with { Headers = [.. _authorization.Headers.Where(header => !header.Is("Cookie")), new("Cookie", Header())] };
    }

    /// <summary>A code for a user's server, as a browser gets it that is signed in.</summary>
    public async Task<string> CodeAsync(string user, string query)
    {
        var target = $"/hub/api/oauth2/authorize?client_id=jupyterhub-user-{user}&redirect_uri=%2Fuser%2F{user}%2Foauth_callback&response_type=code&state=abc{query}";
        _authorization = new Request("GET", target, [new("Host", _front.Authority), .. Navigation, new("Connection", "close")], "");
        await SignInAsync(user);
        return await CodeAsync();
    }

    /// <summary>What a single-user server did at the hub when a browser came back to it with a code.</summary>
    public async Task<string> ExchangeAsync(string user, string recordedServerToken, string? recordedCode = null)
    {
        var code = recordedCode is null ? await CodeAsync() : _words.Live(recordedCode) ?? throw new InvalidOperationException($"The hub gave no code for {recordedCode}.");
        var secret = _words.Live(recordedServerToken);
        var form = $"client_id=jupyterhub-user-{user}&client_secret={secret}&grant_type=authorization_code&code={code}&redirect_uri=%2Fuser%2F{user}%2Foauth_callback";
        var given = await SendAsync(_api, "POST", "/hub/api/oauth2/token", form, [new("Content-Type", "application/x-www-form-urlencoded"), new("Authorization", $"token {secret}")]);
        Expect(200, "POST", "/hub/api/oauth2/token", given);
        var token = given.Json!["access_token"]!.GetValue<string>();
        await UseAsync(token);
        return token;
    }

    /// <summary>Learns the id of a user's newest token.</summary>
    public async Task NewestTokenAsync(string user, string recordedId)
    {
        var list = await AskAsync(200, "GET", $"/hub/api/users/{user}/tokens");
        _words.Learn(recordedId, list.Json!["api_tokens"]!.AsArray().Select(token => token!["id"]!.GetValue<string>()).MaxBy(id => int.Parse(id.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture))!);
    }

    /// <summary>Stops a user's default server.</summary>
    public async Task StopAsync(string user)
    {
        await AskAsync(null, "DELETE", $"/hub/api/users/{user}/server");
        await StoppedAsync(user, "");
    }

    public Task ReadyAsync(string user, string name) => IsAsync(user, name, "ready");

    public Task StoppedAsync(string user, string name) => IsAsync(user, name, "stopped");

    public Task ActivityAsync(string user) =>
        AskAsync(200, "POST", $"/hub/api/users/{user}/activity", $$"""{"last_activity": "{{DateTime.UtcNow:yyyy-MM-ddTHH:mm:ss.ffffff}}Z"}""");

    private static Header[] Navigation => [new("Accept", "text/html"), new("Sec-Fetch-Mode", "navigate"), new("Sec-Fetch-Site", "none"), new("Sec-Fetch-Dest", "document")];

    private Task IsAsync(string user, string name, string state) => Eventually.Is(
        async () => (await AskAsync(200, "GET", $"/hub/api/users/{Uri.EscapeDataString(user)}?include_stopped_servers")).Json?["servers"]?[name]?[state]?.GetValue<bool>() == true,
        $"{user}'s server '{name}' is {state}");

    private async Task<string> CodeAsync()
    {
        var request = _authorization ?? throw new InvalidOperationException("Nobody was authorized before.");
        var answer = await Wire.SendAsync(_front, request, Limit);
        return Code().Match(answer["Location"] ?? "") is { Success: true } code ? code.Groups[1].Value : throw new InvalidOperationException($"GET {request.Target} gave no code: {answer.Status} {answer["Location"]}");
    }

    private async Task<Answer> AskAsync(int? status, string method, string target, string body = "", params (string Name, string Value)[] headers)
    {
        Header[] sent = headers.Length > 0 ? [.. headers.Select(header => new Header(header.Name, header.Value))] : [new("Authorization", Tester)];
        var answer = await SendAsync(_api, method, target, body, sent);
        if (status is { } expected)
        {
            Expect(expected, method, target, answer);
        }

        return answer;
    }

    private static void Expect(int status, string method, string target, Answer answer)
    {
        if (answer.Status != status)
        {
            throw new InvalidOperationException($"{method} {target} answered {answer.Status} instead of {status}: {answer.Json?.ToJsonString() ?? answer["Content-Type"]}");
        }
    }

    private static Task<Answer> SendAsync(Uri to, string method, string target, string body, Header[] headers) =>
        Wire.SendAsync(to, new Request(method, target, [new("Host", to.Authority), .. headers, new("Content-Length", ""), new("Connection", "close")], body), Limit);

    [GeneratedRegex("(?<=[&\\s]code=|\"code\": \")[A-Za-z0-9]{30}")]
    private static partial Regex NewCode();

    [GeneratedRegex("[?&]code=([A-Za-z0-9]+)")]
    private static partial Regex Code();
}
