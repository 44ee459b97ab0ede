using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.Pages;

/// <summary>The question before somebody else's server learns who the user is. The form goes back to the address that it came from.</summary>
internal static class ConfirmPage
{
    public static Html Of(HubOptions options, Server server, User user, string xsrf) => Layout.Page(options, "Authorize access", Html.Of($"""
        <h1>Authorize access?</h1>
        <p>You are about to open a server that is not yours:</p>
        <p class="about"><strong><bdi>{server.Description}</bdi></strong><br>of <bdi>{server.User.Name}</bdi></p>
        <p>If you go on, it learns</p>
        <ul class="plain"><li>your user name, <bdi>{user.Name}</bdi></li><li>the groups that you are in</li><li>that you may use it</li></ul>
        <p>It can do nothing else in your name. You can take this back under Tokens.</p>
        <p class="hint">Whoever runs that server can read what you type there.</p>
        <form method="post">
        <input type="hidden" name="_xsrf" value="{xsrf}">
        {Scopes.OfOAuthClient(server).Select(scope => Html.Of($"""<input type="hidden" name="scopes" value="{scope}">"""))}
        <div class="do"><button>Authorize</button><a class="button quiet" href="{options.HubPrefix}home">Cancel</a></div>
        </form>
        """), user);
}
