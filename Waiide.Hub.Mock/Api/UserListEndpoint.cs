using System.Text.Json.Nodes;
using Waiide.Hub.Mock.Auth;
using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.Api;

/// <summary>GET /hub/api/users: filtered by what the caller may list, by state and by name, sorted, and by the page.</summary>
internal static class UserListEndpoint
{
    private const string Scope = "list:users";

    public static Answer Get(HttpContext context, HubOptions options, HubState state, Models models)
    {
        var (request, held) = (context.Request, context.Caller().Scopes);
        var paging = Paging.Of(request);
        IEnumerable<User> users = Sort(state.Users, options.Profile.SortsUsers ? request.Query["sort"].ToString() : "");
        var wanted = request.Query["state"].ToString();
        users = wanted switch
        {
            "" => users,
            "active" or "ready" => users.Where(IsActive),
            "inactive" => users.Where(user => !IsActive(user)),
            _ => throw JsonBody.Bad($"Unrecognized state filter: {Python.Repr(wanted)}"),
        };

        if (!held.Contains(Scope))
        {
            // A filter by server or service says nothing of whom to list.
            if (held.Any(scope => scope.StartsWith(Scope + "!server", StringComparison.Ordinal) || scope.StartsWith(Scope + "!service", StringComparison.Ordinal)))
            {
                throw new HubError(StatusCodes.Status403Forbidden, "Forbidden");
            }

            users = users.Where(user => Scopes.Reach(held, Scope, user.Name));
        }

        if (request.Query["name_filter"].ToString() is { Length: > 0 } part)
        {
            users = users.Where(user => user.Name.Contains(part, StringComparison.OrdinalIgnoreCase));
        }

        // Pages are of active users; which of them are ready is seen only then.
        var all = users.ToArray();
        var page = paging.Page(all).Where(user => wanted != "ready" || user.Servers.Values.Any(server => server.State == ServerState.Ready));
        var includesStopped = UserEndpoints.IncludesStopped(request);
        return paging.Answer(context, options, new JsonArray([.. page.Select(user => models.User(user, held, includesStopped)).Where(model => model.Count > 0)]), all.Length);
    }

    private static bool IsActive(User user) => user.Servers.Values.Any(server => server.State != ServerState.Stopped);

    // Users are in the order of their ids, which is the order in which they came. Who was never active comes first, or in the other direction last.
    private static IEnumerable<User> Sort(IEnumerable<User> users, string sort) => sort switch
    {
        "" or "id" => users,
        "-id" => users.Reverse(),
        "name" => users.OrderBy(user => user.Name, StringComparer.Ordinal),
        "-name" => users.OrderByDescending(user => user.Name, StringComparer.Ordinal),
        "last_activity" => users.OrderBy(user => user.LastActivity.Latest ?? DateTimeOffset.MinValue),
        "-last_activity" => users.OrderByDescending(user => user.LastActivity.Latest ?? DateTimeOffset.MinValue),
        _ => throw JsonBody.Bad($"sort must be 'id', 'name', or 'last_activity', not '{sort}'"),
    };
}
