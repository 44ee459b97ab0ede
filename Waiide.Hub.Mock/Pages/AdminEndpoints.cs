using System.Globalization;
using System.Text.Json.Nodes;
using Waiide.Hub.Mock.Auth;
using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.Pages;

/// <summary>The administrators' page, and the one thing on it that JupyterHub's API has no call for: a user's password.</summary>
internal static partial class AdminEndpoints
{
    public static void MapAdmin(this IEndpointRouteBuilder routes, HubOptions options)
    {
        routes.MapGet(options.HubPrefix + "admin", Show).ForSignedIn();
        routes.MapPost(options.HubPrefix + "admin/users/{user}/password", SetPassword).ForSignedIn();
    }

    private static Answer Show(HttpContext context, HubOptions options, HubState state, TimeProvider clock)
    {
        Require(context, "admin-ui");
        Require(context, "list:users"); // They are all on it.
        var query = context.Request.Query;
        var offset = int.TryParse(query["offset"], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
        var view = new AdminView(query["search"].ToString(), query["state"] == "active", offset);
        return Answer.Page(AdminPage.Of(options, state, context.Caller().SignedIn, view, clock.GetUtcNow()));
    }

    /// <summary>Generates a password: it is in this answer and nowhere else.</summary>
    private static Answer SetPassword(HttpContext context, HubState state, Administrators administrators, ILogger<HubState> logger, string user)
    {
        Require(context, "admin:users");

        // Whoever sets a password can sign in by it.
        administrators.Require(context.Caller(), "Only administrators set passwords.");
        var owner = state.FindUser(user) ?? throw new HubError(StatusCodes.Status404NotFound, "There is no such user.");
        var password = Secrets.Password();
        state.SetPassword(owner, new PasswordHash(password));
        Log.PasswordSet(logger, new LogText(context.Caller().SignedIn.Name), new LogText(owner.Name));
        context.Response.Headers.CacheControl = "no-store";
        return Answer.Json(new JsonObject { ["password"] = password });
    }

    private static void Require(HttpContext context, string scope)
    {
        if (!context.Caller().Scopes.Contains(scope))
        {
            throw new HubError(StatusCodes.Status403Forbidden, "This is for administrators of the hub.");
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "{Admin} set a new password for {User}.")]
        public static partial void PasswordSet(ILogger logger, LogText admin, LogText user);
    }
}
