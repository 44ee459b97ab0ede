using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;

namespace Waiide.Tests.Support;

/// <summary>As much of a hub as a single-user server talks to: OAuth with PKCE enforced, tokens, users, activity, logout. Whoever says so is signed in (<see cref="UserCookie"/>).</summary>
internal sealed class StubHub : IAsyncDisposable
{
    /// <summary>The cookie by which a test says who has signed in at the hub.</summary>
    public const string UserCookie = "stub-hub-user";

    public const string ApiToken = "0a650dcd0a650dcd0a650dcd0a650dcd";

    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, (string User, string Challenge)> _codes = new();
    private readonly string _prefix;

    private StubHub(WebApplication app, string user, string server, string prefix)
    {
        (_app, User, Server, _prefix) = (app, user, server, prefix);
        CallbackUrl = prefix + "oauth_callback";
        Users[user] = [$"access:servers!server={user}/{server}"];
    }

    public string User { get; }

    public string Server { get; }

    public string ClientId => "jupyterhub-user-" + Uri.EscapeDataString(Server.Length == 0 ? User : $"{User}-{Server}");

    public Uri Url { get; private set; } = null!;

    /// <summary>Where browsers find the hub, with a slash at both ends.</summary>
    public string BaseUrl { get; init; } = "/";

    /// <summary>The redirect URI that the server's OAuth client is registered with.</summary>
    public string CallbackUrl { get; set; }

    /// <summary>Those among the users that are services of the hub.</summary>
    public ConcurrentDictionary<string, bool> Services { get; } = new();

    /// <summary>What takes the place of the token that a login is given.</summary>
    public string? NextToken { get; set; }

    /// <summary>Users and the scopes that their tokens get.</summary>
    public ConcurrentDictionary<string, string[]> Users { get; } = new();

    /// <summary>Valid tokens and their users.</summary>
    public ConcurrentDictionary<string, string> Tokens { get; } = new();

    public ConcurrentQueue<JsonNode> Activity { get; } = new();

    /// <summary>How often somebody asked whose a token is.</summary>
    public int UserCalls => _userCalls;

    /// <summary>How often somebody asked so in vain, because the hub was broken.</summary>
    public int UserCallsInVain => _userCallsInVain;

    /// <summary>Any status but 200 is what every call gets.</summary>
    public int Broken { get; set; } = 200;

    /// <summary>How far the hub's clock is ahead, as the Date of its answers tells.</summary>
    public TimeSpan ClockAhead { get; set; }

    /// <summary>In seconds, as OAuth's expires_in.</summary>
    public long TokenLifetime { get; set; } = 1209600;

    /// <summary>An answer that takes the place of every other.</summary>
    public (string ContentType, string Body)? Garbled { get; set; }

    /// <summary>Until this is over, nobody who asks about a token or redeems a code is answered.</summary>
    public Task Pause { get; set; } = Task.CompletedTask;

    /// <summary>How many are waiting for that at this moment.</summary>
    public int Waiting => _waiting;

    private int _userCalls;
    private int _userCallsInVain;
    private int _waiting;

    public static async Task<StubHub> StartAsync(
        string user = "ada", string server = "", string? prefix = null, string baseUrl = "/",
        Action<Microsoft.AspNetCore.Server.Kestrel.Core.ListenOptions>? listen = null, string version = "5.4.3")
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen ?? (_ => { })));
        var app = builder.Build();
        var hub = new StubHub(app, user, server, prefix ?? (server.Length == 0 ? $"{baseUrl}user/{user}/" : $"{baseUrl}user/{user}/{server}/")) { BaseUrl = baseUrl };
        app.UsePathBase(baseUrl.TrimEnd('/'));
        app.UseRouting(); // After the path base, by which it would not find anything.
        app.Use(hub.MayBeBroken);
        app.MapGet("/hub/api", () => Results.Json(new { version }));
        app.MapGet("/hub/api/oauth2/authorize", hub.Authorize);
        app.MapPost("/hub/api/oauth2/token", new Func<HttpContext, Task<IResult>>(hub.Redeem));
        app.MapGet("/hub/api/user", hub.WhoIs);
        app.MapPost("/hub/api/users/{user}/activity", new Func<HttpContext, Task<IResult>>(hub.NoteActivity));
        app.MapGet("/hub/logout", hub.Logout);
        app.MapGet("/hub/login", () => Results.Text("<h1>Sign in at the hub</h1>", "text/html"));
        await app.StartAsync();
        hub.Url = new Uri(app.Urls.Single());
        return hub;
    }

    /// <summary>What a spawner gives to the server that listens on <paramref name="port"/>.</summary>
    public Dictionary<string, string> Environment(int port) => new()
    {
        ["JUPYTERHUB_API_TOKEN"] = ApiToken,
        ["JUPYTERHUB_API_URL"] = $"{Url}{BaseUrl[1..]}hub/api",
        ["JUPYTERHUB_ACTIVITY_URL"] = $"{Url}hub/api/users/{Uri.EscapeDataString(User)}/activity",
        ["JUPYTERHUB_BASE_URL"] = BaseUrl,
        ["JUPYTERHUB_CLIENT_ID"] = ClientId,
        ["JUPYTERHUB_HOST"] = "",
        ["JUPYTERHUB_OAUTH_ACCESS_SCOPES"] = $"[\"access:servers!server={User}/{Server}\", \"access:servers!user={User}\"]",
        ["JUPYTERHUB_OAUTH_CALLBACK_URL"] = CallbackUrl,
        ["JUPYTERHUB_SERVER_NAME"] = Server,
        ["JUPYTERHUB_SERVICE_PREFIX"] = _prefix,
        ["JUPYTERHUB_SERVICE_URL"] = $"http://127.0.0.1:{port}{_prefix}",
        ["JUPYTERHUB_USER"] = User,
    };

    /// <summary>A token of <paramref name="user"/>, as if made on the hub's page.</summary>
    public string TokenOf(string user)
    {
        var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        Tokens[token] = user;
        return token;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private Task MayBeBroken(HttpContext context, RequestDelegate next)
    {
        context.Response.Headers["X-JupyterHub-Version"] = "5.4.3";
        context.Response.StatusCode = Broken;
        if (ClockAhead != TimeSpan.Zero)
        {
            context.Response.Headers.Date = (DateTimeOffset.UtcNow + ClockAhead).ToString("R", System.Globalization.CultureInfo.InvariantCulture);
        }

        if (Garbled is { } garbled)
        {
            context.Response.ContentType = garbled.ContentType;
            return context.Response.WriteAsync(garbled.Body);
        }

        if (Broken == 200)
        {
            return AfterThePauseAsync(context, next);
        }

        if (context.Request.Path.Value is "/hub/api/user")
        {
            Interlocked.Increment(ref _userCallsInVain);
        }

        return Task.CompletedTask;
    }

    private async Task AfterThePauseAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Path.Value is "/hub/api/user" or "/hub/api/oauth2/token")
        {
            Interlocked.Increment(ref _waiting);
            await Pause;
            Interlocked.Decrement(ref _waiting);
        }

        await next(context);
    }

    private IResult Authorize(HttpContext context)
    {
        var query = context.Request.Query;
        if (context.Request.Cookies[UserCookie] is not { } user)
        {
            return Results.Redirect("/hub/login?next=" + Uri.EscapeDataString(context.Request.Path + context.Request.QueryString));
        }

        // https://www.rfc-editor.org/rfc/rfc7636#section-4.3
        if (query["client_id"] != ClientId || query["redirect_uri"] != CallbackUrl || query["response_type"] != "code"
            || query["code_challenge_method"] != "S256" || query["code_challenge"].ToString().Length != 43 || query["state"].ToString().Length < 16 || query.ContainsKey("scope"))
        {
            return Results.Text($"The hub does not accept {context.Request.QueryString}", statusCode: 400);
        }

        var code = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(15));
        _codes[code] = (user, query["code_challenge"].ToString());
        return Results.Redirect(QueryHelpers.AddQueryString(CallbackUrl, new Dictionary<string, string?> { ["code"] = code, ["state"] = query["state"] }));
    }

    private async Task<IResult> Redeem(HttpContext context)
    {
        if (!context.Request.HasFormContentType)
        {
            return Results.Json(new { error = "unsupported_grant_type" }, statusCode: 400);
        }

        var form = await context.Request.ReadFormAsync();
        if (form["client_id"] != ClientId || form["client_secret"] != ApiToken)
        {
            return Results.Json(new { error = "invalid_client" }, statusCode: 401);
        }

        var challenge = WebEncoders.Base64UrlEncode(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"].ToString())));
        if (form["grant_type"] != "authorization_code" || form["redirect_uri"] != CallbackUrl
            || !_codes.TryRemove(form["code"].ToString(), out var known) || known.Challenge != challenge)
        {
            return Results.Json(new { error = "invalid_grant" }, statusCode: 400);
        }

        return Results.Json(new { access_token = NextToken ?? TokenOf(known.User), expires_in = TokenLifetime, token_type = "Bearer", scope = string.Join(' ', Users[known.User]) });
    }

    private IResult WhoIs(HttpContext context)
    {
        Interlocked.Increment(ref _userCalls);
        return context.Request.Headers.Authorization.ToString().Split(' ') is [_, var token] && Tokens.TryGetValue(token, out var user)
            ? Results.Json(new { name = user, kind = Services.ContainsKey(user) ? "service" : "user", admin = user == "root", groups = Array.Empty<string>(), session_id = (string?)null, scopes = Users.GetValueOrDefault(user, []) })
            : Results.Json(new { status = 403, message = "Forbidden" }, statusCode: 403);
    }

    private async Task<IResult> NoteActivity(HttpContext context)
    {
        if (context.Request.Headers.Authorization != "token " + ApiToken)
        {
            return Results.Json(new { status = 403, message = "Forbidden" }, statusCode: 403);
        }

        Activity.Enqueue((await JsonNode.ParseAsync(context.Request.Body))!);
        return Results.Text("");
    }

    // Ends every token of the user, as the hub does with those of the session.
    private IResult Logout(HttpContext context)
    {
        foreach (var token in Tokens.Where(token => token.Value == context.Request.Cookies[UserCookie]))
        {
            Tokens.TryRemove(token);
        }

        return Results.Redirect("/hub/login");
    }
}
