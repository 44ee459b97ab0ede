using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.Auth;

/// <summary>Says who a name and a password are: a user by a password of their own, else anybody by Hub:DummyPassword.</summary>
internal sealed class Authenticator(HubOptions options, HubState state)
{
    private readonly PasswordHash? _dummy = options.DummyPassword is { } password ? new PasswordHash(password) : null;

    /// <summary>The user, made at their first login if need be; null if this is nobody's name and password. The name has to be fit for one.</summary>
    public async Task<User?> AuthenticateAsync(string name, string password, CancellationToken cancellation)
    {
        // One hash is computed, whoever it is: the time tells nobody who exists. A user's own password is not overruled by the one that all know.
        var user = state.FindUser(name);
        var isRight = await (user?.Password ?? _dummy ?? PasswordHash.OfNobody).IsAsync(password, cancellation);
        return isRight ? user ?? Register(name) : null;
    }

    private User? Register(string name)
    {
        try
        {
            return _dummy is null ? null : state.AddUser(name, isAdmin: false);
        }
        catch (InvalidOperationException)
        {
            return state.FindUser(name); // Somebody else signed in under this name at the same moment, by the same password.
        }
    }
}
