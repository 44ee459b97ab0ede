using System.Globalization;
using System.Text.Json.Nodes;
using Waiide.Hub.Mock.Auth;
using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.Api;

/// <summary>What a new token is asked to be.</summary>
internal sealed record TokenRequest(IReadOnlySet<string> Scopes, string Note, TimeSpan? Lifetime);

/// <summary>Reads requests for tokens, and sees to it that none makes a token that may do more than it should.</summary>
internal sealed class TokenRequests(HubOptions options, Roles roles, Permissions permissions)
{
    private const int LongestNote = 1023; // JupyterHub's column.

    public TokenRequest Read(JsonObject body, User owner, Caller caller)
    {
        if (!Python.IsFalse(body["note"]) && Python.TypeOf(body["note"]) != "str")
        {
            throw Wrong($"token note must be null or a string, not {Python.Repr(body["note"])}");
        }

        var note = Python.IsFalse(body["note"]) ? caller.Owner == owner ? "Requested via api" : $"Requested via api by {caller.Owner.Kind} {caller.Owner.Name}" : body["note"]!.GetValue<string>();
        if (note.Length > LongestNote)
        {
            throw JsonBody.Bad($"token note must not be longer than {LongestNote} characters");
        }

        return new TokenRequest(Granted(Wanted(List(body, "roles"), List(body, "scopes")), owner, caller), note, Lifetime(body["expires_in"]));
    }

    // As they are to be kept: "inherit" is looked up each time the token is used.
    private IEnumerable<string> Wanted(string[]? roleNames, string[]? scopes) => (roleNames, scopes) switch
    {
        (not null, not null) => throw JsonBody.Bad("Can only assign one of scopes or roles when creating tokens."),
        (null, null) => roles.Find(Roles.Token)!.Scopes,
        (_, not null) => scopes.Select(scope => Scopes.Mistake(scope, options.Profile, "token") is { } mistake ? throw Wrong($"\"{mistake}\"") : scope),
        _ => roleNames!.SelectMany(name => (roles.Find(name) ?? throw JsonBody.Bad($"No such role: {name}")).Scopes),
    };

    private HashSet<string> Granted(IEnumerable<string> asked, User owner, Caller caller)
    {
        var wanted = asked.ToHashSet(StringComparer.Ordinal);
        var owned = permissions.Of(owner);
        var expanded = wanted.Contains(Scopes.Inherit) ? owned : permissions.Expand([.. wanted, .. Scopes.Identify(owner)], owner);
        var shared = Scopes.Intersect(expanded, owned, permissions.Follow);
        if (expanded.Where(scope => !shared.Contains(scope)).ToArray() is { Length: > 0 } excess)
        {
            throw JsonBody.Bad($"Not assigning requested scopes {string.Join(',', excess)} not held by User {owner.Name}");
        }

        // A user's token makes none that may do more than itself. Whoever makes tokens for another gives what is that user's own, and beyond it only what they have too.
        var givesOwn = caller.Owner != owner;
        var given = expanded.Where(scope => Scopes.Cover(caller.Scopes, scope) || (givesOwn && IsOwn(scope, owner))).ToHashSet(StringComparer.Ordinal);

        // What is looked up anew each time may grow beyond a token that was made for less.
        var isLess = wanted.Contains(Scopes.Inherit) && caller.Token is { } token && !token.Scopes.Contains(Scopes.Inherit);
        return given.Count == expanded.Count && !isLess ? wanted : given;
    }

    private static bool IsOwn(string scope, User owner) =>
        scope.EndsWith($"!user={owner.Name}", StringComparison.Ordinal) || scope.Contains($"!server={owner.Name}/", StringComparison.Ordinal);

    private TimeSpan? Lifetime(JsonNode? given)
    {
        if (given is null)
        {
            return null;
        }

        if (Python.TypeOf(given) is not ("int" or "float") || (options.Profile.ChecksTokenRequests && Python.TypeOf(given) != "int"))
        {
            throw Wrong($"token expires_in must be null or integer, not {Python.Repr(given)}");
        }

        var seconds = double.Parse(given.ToJsonString(), CultureInfo.InvariantCulture);
        return seconds switch
        {
            0 when options.Profile.ChecksTokenRequests => null,
            > 0 and < 1e9 => TimeSpan.FromSeconds(seconds),
            _ => throw JsonBody.Bad($"expires_in must be a positive integer, not {Python.Repr(given)}"),
        };
    }

    private string[]? List(JsonObject body, string key) => body[key] switch
    {
        null => null,
        JsonArray list when list.All(item => Python.TypeOf(item) == "str") => [.. list.Select(item => item!.GetValue<string>())],
        var other => throw Wrong($"token {key} must be null or a list of strings, not {Python.Repr(other)}"),
    };

    // Where JupyterHub did not look, it stumbled.
    private HubError Wrong(string message) => options.Profile.ChecksTokenRequests
        ? JsonBody.Bad(message)
        : new HubError(StatusCodes.Status500InternalServerError, "Internal Server Error");
}
