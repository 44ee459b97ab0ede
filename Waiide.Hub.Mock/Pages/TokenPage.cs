using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.Pages;

/// <summary>A user's tokens: made, shown once, seen in use, revoked; and the servers and services that were given one.</summary>
internal static class TokenPage
{
    private static readonly (string Words, int Seconds)[] Lifetimes = [("1 hour", 3600), ("1 day", 86_400), ("1 week", 604_800), ("30 days", 2_592_000), ("Until it is revoked", 0)];

    public static Html Of(HubOptions options, User user, IEnumerable<Token> tokens, DateTimeOffset now)
    {
        var all = tokens.ToLookup(token => token.Client is null);
        var own = all[true].Reverse().ToArray();
        var clients = all[false].GroupBy(token => token.Client!).OrderBy(client => client.Key.Prefix, StringComparer.Ordinal).ToArray();
        return Layout.Wide(options, "Tokens", Html.Of($"""
            <h1 tabindex="-1">Tokens</h1>
            <p class="soft">With a token, a program does in your name what the token allows. It sends <code>Authorization: token …</code> to <code>{options.HubPrefix}api</code>.</p>
            {Request(user)}
            <section aria-labelledby="own-title">
            <h2 id="own-title" tabindex="-1">Your tokens</h2>
            {(own.Length == 0 ? Html.Of($"""<p class="soft">None yet.</p>""") : Html.Of($"""
                <div class="card table"><table><thead><tr><th scope="col">Note</th><th scope="col">Last used</th><th scope="col">Ends</th><th scope="col">May</th><td></td></tr></thead>
                <tbody>{own.Select(token => Row(user, token, now))}</tbody></table></div>
                """))}
            </section>
            <section aria-labelledby="clients-title">
            <h2 id="clients-title" tabindex="-1">Applications that you let in</h2>
            {(clients.Length == 0 ? Html.Of($"""<p class="soft">None. A server that you open learns who you are, and is listed here.</p>""") : Html.Of($"""
                <div class="card table"><table><thead><tr><th scope="col">Application</th><th scope="col">Last used</th><th scope="col">First let in</th><th scope="col">May</th><td></td></tr></thead>
                <tbody>{clients.Select(client => Row(user, [.. client], now))}</tbody></table></div>
                """))}
            </section>
            """), user);
    }

    private static Html Request(User user) => Html.Of($"""
        <form class="card" data-form="token" data-user="{HubNames.Segment(user.Name)}" aria-label="New token">
        <div class="inline">
        <div><label for="note">What is it for? <span class="soft">(optional)</span></label><input type="text" id="note" name="note" maxlength="200" autocomplete="off"></div>
        <div><label for="lifetime">It ends after</label><select id="lifetime" name="lifetime">{Lifetimes.Select(choice => Html.Of($"""<option value="{choice.Seconds}">{choice.Words}</option>"""))}</select></div>
        <button>Make a token</button>
        </div>
        <label for="scopes">Scopes <span class="soft">(optional: without any it may do all that you may)</span></label>
        <input type="text" id="scopes" name="scopes" autocomplete="off" autocapitalize="none" spellcheck="false" placeholder="read:users!user access:servers!user">
        <p class="error" role="alert" data-keep hidden></p>
        <noscript><p class="hint">Making and revoking tokens needs JavaScript, or the API.</p></noscript>
        </form>
        """);

    private static Html Row(User user, Token token, DateTimeOffset now)
    {
        var note = token.Note.Length > 0 ? token.Note : "Without a note";
        var ending = token.Server is null ? "" : " The server loses its place in the hub until it is started again.";
        return Html.Of($"""
            <tr id="token-{token.Id}"><th scope="row"><bdi>{note}</bdi>{(token.Server is null ? Html.None : Html.Of($""" <span class="badge">a server's own</span>"""))}<br><span class="soft small">made {Words.Ago(token.Created, now)}</span></th>
            <td data-label="Last used">{Words.Ago(token.LastActivity.Latest, now)}</td>
            <td data-label="Ends">{Words.In(token.ExpiresAt, now)}</td>
            <td data-label="May">{Scopes(token.Scopes)}</td>
            <td class="act"><button class="danger" data-method="DELETE" data-path="api/users/{HubNames.Segment(user.Name)}/tokens/{token.Id}" data-confirm="Revoke “{note}”?" data-detail="Whatever uses it is shut out at once.{ending}" data-said="{note} is revoked." aria-label="Revoke {note}">Revoke</button></td></tr>
            """);
    }

    private static Html Row(User user, Token[] tokens, DateTimeOffset now)
    {
        var client = tokens[0].ClientDescription;
        return Html.Of($"""
            <tr id="client-{Uri.EscapeDataString(tokens[0].Client!.FullName)}"><th scope="row">{client}<br><span class="soft small">{Words.Count(tokens.Length, "sign-in")}</span></th>
            <td data-label="Last used">{Words.Ago(tokens.Max(token => token.LastActivity.Latest), now)}</td>
            <td data-label="First let in">{Words.Ago(tokens.Min(token => token.Created), now)}</td>
            <td data-label="May">{Scopes(tokens.SelectMany(token => token.Scopes))}</td>
            <td class="act"><button class="danger" data-method="DELETE" data-path="api/users/{HubNames.Segment(user.Name)}/tokens/{tokens[0].Id}" data-confirm="Revoke what {client} was given?" data-detail="It has to ask again, and learns nothing more of you until you let it in." data-said="{client} has to ask again." aria-label="Revoke {client}">Revoke</button></td></tr>
            """);
    }

    private static Html Scopes(IEnumerable<string> scopes)
    {
        var all = scopes.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        return Html.Of($"""<details><summary>{Words.Count(all.Length, "scope")}</summary>{all.Select(scope => Html.Of($"<code>{scope}</code><br>"))}</details>""");
    }
}
