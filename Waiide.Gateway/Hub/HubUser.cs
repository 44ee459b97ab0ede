namespace Waiide.Gateway.Hub;

/// <summary>Who a token belongs to and what it may do, as the hub says (GET /user).</summary>
internal sealed record HubUser(string Name, string Kind, IReadOnlyList<string> Scopes);
