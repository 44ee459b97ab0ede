using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.Pages;

/// <summary>The question before somebody else's server learns who the user is. The form goes back to the address that it came from.</summary>
internal static class ConfirmPage
{
    public static Html Of(HubOptions options, Server server, User user, string xsrf) => Layout.Page(options, "Authorize access", Html.Of($"""
        <h1>Authorize access</h1>
        <p><strong>{server.Description}</strong> belongs to {server.User.Name}. To let you in, it wants to know who you are: your name and groups.</p>
        <p class="soft">Whoever runs that server could read what you type there.</p>
        <form method="post">
        <input type="hidden" name="_xsrf" value="{xsrf}">
        {Scopes.OfOAuthClient(server).Select(scope => Html.Of($"""<input type="hidden" name="scopes" value="{scope}">"""))}
        <button class="full">Authorize</button>
        </form>
        """), user);
}
