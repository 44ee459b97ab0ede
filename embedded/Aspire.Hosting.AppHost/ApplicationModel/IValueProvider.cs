namespace Aspire.Hosting.ApplicationModel;

/// <summary>A value that is known by the time a process starts.</summary>
public interface IValueProvider
{
    /// <summary>The value; waits until it is known.</summary>
    ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default);

    /// <summary>The value for one resource: a container finds others elsewhere than a process does.</summary>
    internal ValueTask<string?> GetValueAsync(IResource caller, CancellationToken cancellationToken) => GetValueAsync(cancellationToken);
}

/// <summary>A value that can be written into a manifest as an expression in braces.</summary>
public interface IManifestExpressionProvider
{
    /// <summary>The expression, such as <c>{hub.bindings.http.url}</c>.</summary>
    string ValueExpression { get; }
}
