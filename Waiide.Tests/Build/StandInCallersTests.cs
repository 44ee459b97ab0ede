using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Waiide.Tests.Hosting.Publish;
using Waiide.Tests.Support;

namespace Waiide.Tests.Build;

/// <summary>A stand-in has what is called and no more: each public method and type of one is named by the solution's or the sample's compiled code, or by another stand-in.</summary>
public class StandInCallersTests
{
    private const BindingFlags Declared = BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static;

    private static readonly string[] StandIns = [.. Directory.EnumerateFiles(AppContext.BaseDirectory, "*.Embedded.dll")];

    [Fact]
    public void Every_public_method_of_a_stand_in_has_a_caller()
    {
        var called = Directory.EnumerateFiles(AppContext.BaseDirectory, "Waiide.*.dll")
            .Concat(new[] { "AppHost", "Recorder" }.Select(program => Path.Combine(Sample.Folder, program, "bin", Repository.Configuration, "net10.0", $"Sample.{program}.dll")))
            .Concat(StandIns)
            .SelectMany(Named)
            .ToHashSet();
        var uncalled = from assembly in StandIns
                       from type in Assembly.Load(Path.GetFileNameWithoutExtension(assembly)).GetTypes()
                       where type.IsVisible && !type.IsGenericType && !typeof(Delegate).IsAssignableFrom(type)
                       from method in type.GetMethods(Declared)
                       where !method.IsSpecialName && method.GetBaseDefinition() == method && !method.Name.Contains('<', StringComparison.Ordinal)
                       let name = $"{type.FullName}.{method.Name}"
                       where !called.Contains(name)
                       select name;

        Assert.Empty(uncalled.Distinct().Order(StringComparer.Ordinal));
    }

    /// <summary>The members of other assemblies that an assembly names.</summary>
    private static IEnumerable<string> Named(string file)
    {
        using var image = new PEReader(File.OpenRead(file));
        var metadata = image.GetMetadataReader();
        return [.. metadata.MemberReferences.Select(handle => metadata.GetMemberReference(handle)).Select(member => $"{Owner(metadata, member.Parent)}.{metadata.GetString(member.Name)}")];
    }

    private static string Owner(MetadataReader metadata, EntityHandle owner) => owner.Kind switch
    {
        HandleKind.TypeReference when metadata.GetTypeReference((TypeReferenceHandle)owner) is var type => $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}",
        _ => "",
    };
}
