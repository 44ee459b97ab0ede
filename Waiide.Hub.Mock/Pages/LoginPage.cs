namespace Waiide.Hub.Mock.Pages;

/// <summary>The first page that every new user sees.</summary>
internal static class LoginPage
{
    public static Html Of(HubOptions options, string xsrf, string? next, string? username, string? error = null)
    {
        // After a mistake the password is what has to be typed again.
        var (name, password) = error is null || string.IsNullOrEmpty(username) ? (" autofocus", "") : ("", " autofocus");
        var shown = username is { Length: > 255 } ? "" : username;
        var action = $"{options.HubPrefix}login{(next is null ? "" : "?next=" + Uri.EscapeDataString(next))}";
        return Layout.Page(options, "Sign in", Html.Of($"""
            <h1>Sign in</h1>
            <p class="soft">Your workspace opens in this browser.</p>
            {(error is null ? Html.None : Html.Of($"""<p class="error" role="alert" id="wrong">{error}</p>"""))}
            <form method="post" action="{action}">
            <input type="hidden" name="_xsrf" value="{xsrf}">
            <label for="username">User name</label>
            <input type="text" id="username" name="username" value="{shown}" autocomplete="username" autocapitalize="none" spellcheck="false" required{new Html(name)}>
            <label for="password">Password</label>
            <input type="password" id="password" name="password" autocomplete="current-password" required aria-describedby="caps"{new Html(password)}>
            <p class="hint warn" id="caps" role="status"></p>
            <button class="full">Sign in</button>
            </form>
            <p class="hint">{Runs(options)}</p>
            """));
    }

    private static string Runs(HubOptions options) => (options.Operator, options.DummyPassword) switch
    {
        ({ } who, null) => $"This hub is run by {who}, who can give you an account.",
        ({ } who, _) => $"This hub is run by {who}. Any user name will do; the password is the one that everybody here has.",
        (null, null) => "Whoever runs this hub can give you an account.",
        _ => "Any user name will do; the password is the one that everybody here has.",
    };
}
