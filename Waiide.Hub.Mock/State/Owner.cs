namespace Waiide.Hub.Mock.State;

/// <summary>Whoever a token belongs to: a user or a service.</summary>
internal abstract class Owner(string name, bool isAdmin)
{
    public string Name { get; protected set; } = name;

    public bool IsAdmin { get; protected set; } = isAdmin;

    /// <summary>"user" or "service", as the API says it.</summary>
    public abstract string Kind { get; }
}

/// <summary>A program that calls the API with a token of its own, known from the configuration.</summary>
/// <param name="scopes">What it may do, when it is no administrator.</param>
internal sealed class Service(string name, bool isAdmin, IReadOnlyList<string> scopes) : Owner(name, isAdmin)
{
    public override string Kind => "service";

    public IReadOnlyList<string> Scopes { get; } = scopes;
}
