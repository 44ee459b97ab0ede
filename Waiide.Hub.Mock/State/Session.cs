namespace Waiide.Hub.Mock.State;

/// <summary>A browser that signed in.</summary>
/// <param name="Id">The value of the cookie jupyterhub-session-id, which servers see and OAuth tokens are bound to.</param>
/// <param name="LoginHash">The hash of the cookie jupyterhub-hub-login, which only the hub sees.</param>
internal sealed record Session(string Id, string LoginHash, User User, DateTimeOffset Since);
