using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.Pages;

/// <summary>The groups and who is in them, on the administrators' page.</summary>
internal static class GroupPart
{
    public static Html Of(HubState state) => Html.Of($"""
        <section aria-labelledby="groups-title">
        <h2 id="groups-title" tabindex="-1">Groups</h2>
        <div class="card">
        {state.Groups.Select(Group)}
        <form data-form="group" class="inline">
        <div><label for="group-name">New group</label><input type="text" id="group-name" name="name" required pattern="[^\/]+" maxlength="255" autocomplete="off" autocapitalize="none" spellcheck="false"></div>
        <button class="quiet">Add</button>
        </form>
        </div>
        </section>
        """);

    private static Html Group(Group group)
    {
        var id = Uri.EscapeDataString(group.Name);
        var path = $"api/groups/{HubNames.Segment(group.Name)}";
        var members = group.Users.Keys.OrderBy(user => user.Name, StringComparer.Ordinal).ToArray();
        return Html.Of($$"""
            <details id="group-{{id}}" class="group"><summary><strong><bdi>{{group.Name}}</bdi></strong> · {{Words.Count(members.Length, "member")}}</summary>
            <ul class="members">{{members.Select(member => Html.Of($$"""
                <li id="member-{{id}}-{{Uri.EscapeDataString(member.Name)}}"><bdi>{{member.Name}}</bdi> <button class="quiet" data-method="DELETE" data-path="{{path}}/users" data-body="{{Users(member.Name)}}" data-said="{{member.Name}} is no member any more." aria-label="Remove {{member.Name}} from {{group.Name}}">Remove</button></li>
                """))}}</ul>
            <form data-form="member" data-path="{{path}}" class="inline">
            <div><label for="add-{{id}}">Add a user to {{group.Name}}</label><input type="text" id="add-{{id}}" name="name" required autocomplete="off" autocapitalize="none" spellcheck="false"></div>
            <button class="quiet">Add</button>
            <button type="button" class="danger" data-method="DELETE" data-path="{{path}}" data-confirm="Delete the group {{group.Name}}?" data-detail="Its members stay users." data-said="{{group.Name}} is deleted.">Delete group</button>
            </form>
            </details>
            """);
    }

    private static string Users(string name) => new System.Text.Json.Nodes.JsonObject { ["users"] = new System.Text.Json.Nodes.JsonArray(name) }.ToJsonString();
}
