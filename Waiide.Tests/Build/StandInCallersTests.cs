using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using Waiide.Tests.Hosting.Publish;
using Waiide.Tests.Support;

namespace Waiide.Tests.Build;

/// <summary>A stand-in has what is called and no more: each public method of one is named by compiled code of the solution, of the sample or of a stand-in.</summary>
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
            .SelectMany(Called)
            .ToHashSet();
        var uncalled = from assembly in StandIns
                       from type in Assembly.Load(Path.GetFileNameWithoutExtension(assembly)).GetTypes()
                       where type.IsVisible && !type.IsGenericType && !typeof(Delegate).IsAssignableFrom(type)
                       let implementations = type.IsInterface ? [] : type.GetInterfaces().SelectMany(known => type.GetInterfaceMap(known).TargetMethods).ToArray()
                       from method in type.GetMethods(Declared).Except(implementations)
                       where !method.IsSpecialName && method.GetBaseDefinition() == method && !method.Name.Contains('<', StringComparison.Ordinal)
                       // Records have it; an interface that says a method again means its base's.
                       where method.Name != "Deconstruct" && !type.GetInterfaces().Any(known => type.IsInterface && known.GetMethod(method.Name) is not null)
                       let name = $"{(type.IsNested ? "" : type.Namespace)}.{type.Name}.{method.Name}"
                       where !called.Contains(name)
                       select name;

        Assert.Empty(uncalled.Distinct().Order(StringComparer.Ordinal));
    }

    /// <summary>The methods of other assemblies that an assembly names, and those of its own that its code calls.</summary>
    private static IEnumerable<string> Called(string file)
    {
        using var image = new PEReader(File.OpenRead(file));
        var metadata = image.GetMetadataReader();
        return
        [
            .. metadata.MemberReferences.Select(handle => NameOf(metadata, handle)),
            .. metadata.MethodDefinitions
                .Select(handle => metadata.GetMethodDefinition(handle).RelativeVirtualAddress)
                .Where(address => address != 0)
                .SelectMany(address => CallsIn(image.GetMethodBody(address).GetILBytes()!))
                .Select(handle => NameOf(metadata, handle)),
        ];
    }

    /// <summary>What follows an instruction that calls or makes a delegate. Bytes are not decoded: too much may be found, and nothing is missed.</summary>
    private static IEnumerable<EntityHandle> CallsIn(byte[] code)
    {
        for (var i = 0; i + 4 < code.Length; i++)
        {
            // call, callvirt, and the second byte of ldftn and ldvirtftn; tables 6 and 0x2B: methods of this assembly and instances of generic ones.
            if (code[i] is 0x28 or 0x6F or 0x06 or 0x07 && code[i + 4] is 0x06 or 0x2B)
            {
                yield return MetadataTokens.EntityHandle(BitConverter.ToInt32(code, i + 1));
            }
        }
    }

    private static string NameOf(MetadataReader metadata, EntityHandle handle)
    {
        switch (handle.Kind)
        {
            case HandleKind.MethodSpecification when IsRow(handle, metadata.GetTableRowCount(TableIndex.MethodSpec)):
                return NameOf(metadata, metadata.GetMethodSpecification((MethodSpecificationHandle)handle).Method);
            case HandleKind.MemberReference:
                var reference = metadata.GetMemberReference((MemberReferenceHandle)handle);
                return reference.Parent.Kind == HandleKind.TypeReference && metadata.GetTypeReference((TypeReferenceHandle)reference.Parent) is var outside
                    ? $"{metadata.GetString(outside.Namespace)}.{metadata.GetString(outside.Name)}.{metadata.GetString(reference.Name)}"
                    : "";
            case HandleKind.MethodDefinition when IsRow(handle, metadata.MethodDefinitions.Count):
                var definition = metadata.GetMethodDefinition((MethodDefinitionHandle)handle);
                var type = metadata.GetTypeDefinition(definition.GetDeclaringType());
                return $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}.{metadata.GetString(definition.Name)}";
            default:
                return "";
        }
    }

    private static bool IsRow(EntityHandle handle, int rows) => MetadataTokens.GetRowNumber(handle) is var row && row >= 1 && row <= rows;
}
