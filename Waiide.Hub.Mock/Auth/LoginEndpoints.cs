using Waiide.Hub.Mock.Pages;
using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.Auth;

/// <summary>Signing in and out.</summary>
internal static partial class LoginEndpoints
{
    public static void MapLogin(this IEndpointRouteBuilder routes, HubOptions options)
    {
        routes.MapGet(options.HubPrefix + "login", ShowForm).AllowAnonymous();
        routes.MapPost(options.HubPrefix + "login", SignIn).AllowAnonymous();
        routes.MapGet(options.HubPrefix + "logout", SignOut).AllowAnonymous();
    }

    private static Answer ShowForm(HttpContext context, HubOptions options, Sessions sessions, Xsrf xsrf, string? next, string? username)
    {
        var session = sessions.Of(context);
        return session is null
            ? Answer.Page(LoginPage.Of(options, xsrf.TokenFor(context, session), next, username))
            : Answer.Redirect(NextUrl.Validate(next, options.BaseUrl) ?? Home(options, session.User));
    }

    private static async Task<Answer> SignIn(
        HttpContext context, HubOptions options, HubState state, Sessions sessions, Xsrf xsrf, LoginThrottle throttle, ILogger<Sessions> logger, string? next)
    {
        await xsrf.CheckAsync(context, sessions.Of(context));
        var form = context.Request.HasFormContentType ? await context.Request.ReadFormAsync(context.RequestAborted) : FormCollection.Empty;
        var name = form["username"].ToString();
        var user = state.FindUser(HubNames.Normalize(name));

        // A password that is not even looked at gives no hint, and costs no hashing.
        if (throttle.Wait(user?.Name, context) is var wait && wait > TimeSpan.Zero)
        {
            var seconds = (int)Math.Ceiling(wait.TotalSeconds);
            context.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
            return Refuse(StatusCodes.Status429TooManyRequests, $"Too many attempts. Please wait {seconds} s and try again.");
        }

        if (!await (user?.Password ?? PasswordHash.OfNobody).IsAsync(form["password"].ToString(), context.RequestAborted) || user is null)
        {
            throttle.Failed(user?.Name, context);
            Log.Refused(logger, new LogText(name));
            return Refuse(StatusCodes.Status200OK, "Invalid username or password");
        }

        throttle.Succeeded(user.Name, context);
        var session = sessions.Open(context, user);
        xsrf.Issue(context, session);
        Log.SignedIn(logger, new LogText(user.Name));
        return Answer.Redirect(NextUrl.Validate(next, options.BaseUrl) ?? Home(options, user));

        Answer Refuse(int status, string why) => Answer.Page(LoginPage.Of(options, xsrf.TokenFor(context, sessions.Of(context)), next, name, why), status);
    }

    private static async Task<Answer> SignOut(HttpContext context, HubOptions options, Sessions sessions, Xsrf xsrf, ILogger<Sessions> logger)
    {
        if (sessions.Of(context) is { } session)
        {
            await xsrf.CheckAsync(context, session);
            sessions.Close(context, session);
            Log.SignedOut(logger, new LogText(session.User.Name));
        }

        return Answer.Redirect(options.HubPrefix + "login");
    }

    /// <summary>The user's default server if it is there, else the list of servers.</summary>
    internal static string Home(HubOptions options, User user) =>
        user.DefaultServer is { State: ServerState.Ready } server ? server.Prefix : options.HubPrefix + "home";

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "{User} signed in.")]
        public static partial void SignedIn(ILogger logger, LogText user);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Somebody failed to sign in as '{User}'.")]
        public static partial void Refused(ILogger logger, LogText user);

        [LoggerMessage(Level = LogLevel.Information, Message = "{User} signed out.")]
        public static partial void SignedOut(ILogger logger, LogText user);
    }
}
