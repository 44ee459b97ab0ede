namespace Aspire.Dashboard.Application;

/// <summary>Finding a resource by what people and scripts call it.</summary>
internal static class Find
{
    /// <summary>The resource with this name, or the running thing with this id; null: there is none.</summary>
    public static ResourceView? Resource(this IApplication application, string? nameOrId) => application.Resources.FirstOrDefault(resource =>
        string.Equals(resource.Name, nameOrId, StringComparison.OrdinalIgnoreCase) || string.Equals(resource.Id, nameOrId, StringComparison.OrdinalIgnoreCase));

    /// <summary>The name of the resource that this one belongs to.</summary>
    public static string? Parent(this ResourceView resource) => resource.DependsOn.FirstOrDefault(other => other.Type == "Parent")?.Resource;
}
