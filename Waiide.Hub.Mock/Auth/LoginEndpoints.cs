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
        if (sessions.Of(context) is not { } session)
        {
            return Answer.Page(LoginPage.Of(options, xsrf.TokenFor(context, session: null), next, username));
        }

        sessions.Remind(context, session);
        return GoOn(context, options, next, session.User);
    }

    private static async Task<Answer> SignIn(
        HttpContext context, HubOptions options, HubState state, Sessions sessions, Xsrf xsrf, Authenticator authenticator, LoginThrottle throttle, ILogger<Sessions> logger, string? next)
    {
        await xsrf.CheckAsync(context, sessions.Of(context));
        var form = context.Request.HasFormContentType ? await context.Request.ReadFormAsync(context.RequestAborted) : FormCollection.Empty;
        var typed = form["username"].ToString();
        var name = HubNames.Normalize(typed.Trim());
        var known = state.FindUser(name)?.Name ?? "somebody unknown"; // For the log: what else is typed there may be a password.

        // Nobody's name: no password is tried, so there is nothing to slow down.
        if (HubNames.Mistake(name) is not null)
        {
            Log.Refused(logger, new LogText(known));
            return Refuse(StatusCodes.Status200OK, "Invalid username or password");
        }

        if (PasswordHash.IsBusy)
        {
            return Refuse(StatusCodes.Status503ServiceUnavailable, "Too many are signing in right now. Please try again in a moment.");
        }

        // A password that is not even looked at gives no hint, and costs no hashing.
        if (throttle.Begin(name, context) is var wait && wait > TimeSpan.Zero)
        {
            var seconds = (int)Math.Ceiling(wait.TotalSeconds);
            context.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
            return Refuse(StatusCodes.Status429TooManyRequests, $"Too many attempts. Please wait {seconds} s and try again.");
        }

        if (await authenticator.AuthenticateAsync(name, form["password"].ToString(), context.RequestAborted) is not { } user)
        {
            throttle.Failed(name, context);
            Log.Refused(logger, new LogText(known));
            return Refuse(StatusCodes.Status200OK, "Invalid username or password");
        }

        throttle.Succeeded(name, context);
        var session = sessions.Open(context, user);
        xsrf.Renew(context, session);
        Log.SignedIn(logger, new LogText(user.Name));
        return GoOn(context, options, next, user);

        Answer Refuse(int status, string why) => Answer.Page(LoginPage.Of(options, xsrf.TokenFor(context, sessions.Of(context)), next, typed, why), status);
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

    /// <summary>The user's default server if it is there, else where it is started.</summary>
    internal static string Home(HubOptions options, User user) =>
        user.DefaultServer is { State: ServerState.Ready } server ? server.Prefix : options.HubPrefix + "spawn";

    private static Answer GoOn(HttpContext context, HubOptions options, string? next, User user) =>
        Answer.Redirect(NextUrl.AfterLogin(next, context.Request, options) ?? Home(options, user));

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "{User} signed in.")]
        public static partial void SignedIn(ILogger logger, LogText user);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Somebody failed to sign in as {User}.")]
        public static partial void Refused(ILogger logger, LogText user);

        [LoggerMessage(Level = LogLevel.Information, Message = "{User} signed out.")]
        public static partial void SignedOut(ILogger logger, LogText user);
    }
}
