using System.Reflection;

namespace Waiide.Tests.Build;

/// <summary>
/// Holds every public and protected member of a stand-in against the real package: Api/*.tsv lists the package's members (Aspire 13.5) by ID and shape,
/// as <see cref="ApiId"/> and <see cref="ApiShape"/> write them.
/// </summary>
public class StandInApiTests
{
    private const BindingFlags Declared = BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;

    private static readonly Dictionary<string, string> Real = Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Build", "Api"), "*.tsv")
        .SelectMany(File.ReadLines)
        .Select(line => line.Split('\t'))
        .ToDictionary(cells => cells[0], cells => cells[1]);

    private static readonly string[] Found =
        [.. Directory.EnumerateFiles(AppContext.BaseDirectory, "*.Embedded.dll").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];

    public static TheoryData<string> StandIns => [.. Found];

    [Theory]
    [MemberData(nameof(StandIns))]
    public void Every_public_member_of_a_stand_in_exists_in_the_real_package(string assembly)
    {
        var differences = Differences(Assembly.Load(assembly).GetTypes(), Real);

        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    [Fact]
    public void The_stand_ins_are_there()
    {
        Assert.Contains("Aspire.Hosting.AppHost.Embedded", Found);
        Assert.Contains("Microsoft.Extensions.ServiceDiscovery.Embedded", Found);
        Assert.Contains("OpenTelemetry.Extensions.Hosting.Embedded", Found);
    }

    [Fact]
    public void A_member_too_many_or_another_signature_is_found()
    {
        Type[] sample = [typeof(Sample<>)];
        var real = new Dictionary<string, string>
        {
            ["T:Waiide.Tests.Build.StandInApiTests.Sample`1"] = "class",
            ["M:Waiide.Tests.Build.StandInApiTests.Sample`1.#ctor"] = "()",
            ["M:Waiide.Tests.Build.StandInApiTests.Sample`1.Do``1(`0,System.Collections.Generic.IDictionary{System.String,``0[]},System.Int32@,System.Nullable{System.Int32},System.IO.SearchOption,System.Threading.CancellationToken)"] =
                "System.Threading.Tasks.Task<TResult> (one, many, out count, port = null, option = System.IO.SearchOption.AllDirectories, stop = default(System.Threading.CancellationToken))",
            ["P:Waiide.Tests.Build.StandInApiTests.Sample`1.Item(System.Int32)"] = "string",
            ["F:Waiide.Tests.Build.StandInApiTests.Sample`1.Limit"] = "static int = 5",
            ["M:Waiide.Tests.Build.StandInApiTests.Sample`1.op_Implicit(Waiide.Tests.Build.StandInApiTests.Sample{`0})~System.String"] = "static string (it)",
        };
        Assert.Empty(Differences(sample, real));

        real["F:Waiide.Tests.Build.StandInApiTests.Sample`1.Limit"] = "static int = 6";
        Assert.Equal(["F:Waiide.Tests.Build.StandInApiTests.Sample`1.Limit is 'static int = 5' here and 'static int = 6' in the real package."], Differences(sample, real));

        real.Remove("F:Waiide.Tests.Build.StandInApiTests.Sample`1.Limit");
        Assert.Equal(["F:Waiide.Tests.Build.StandInApiTests.Sample`1.Limit does not exist in the real package."], Differences(sample, real));
    }

    private static List<string> Differences(IEnumerable<Type> types, Dictionary<string, string> real) =>
    [
        .. from type in types
           where type.IsVisible
           from member in type.GetMembers(Declared).Where(IsApi).Prepend(type)
           let id = ApiId.Of(member)
           let shape = ApiShape.Of(member)
           let there = real.GetValueOrDefault(id)
           where shape != there
           select there is null ? $"{id} does not exist in the real package." : $"{id} is '{shape}' here and '{there}' in the real package.",
    ];

    private static bool IsApi(MemberInfo member) => member switch
    {
        // Names such as <Clone>$ are the compiler's; an override adds nothing that could be called.
        { Name: var name } when name.StartsWith('<') => false,
        MethodInfo { IsSpecialName: true, Name: var name } when !name.StartsWith("op_", StringComparison.Ordinal) => false,
        MethodInfo method => IsReachable(method) && method.GetBaseDefinition() == method,
        MethodBase constructor => IsReachable(constructor) && !constructor.IsStatic,
        PropertyInfo property => property.GetAccessors(nonPublic: true) is var accessors && accessors.Any(IsReachable) && accessors.All(accessor => accessor.GetBaseDefinition() == accessor),
        EventInfo @event => IsReachable(@event.AddMethod!),
        FieldInfo field => (field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly) && !field.IsSpecialName,
        _ => false,
    };

    private static bool IsReachable(MethodBase method) => method.IsPublic || (method.IsFamily || method.IsFamilyOrAssembly) && !method.DeclaringType!.IsSealed;

    public class Sample<T>
    {
        public const int Limit = 5;

        public string this[int index] => "";

        public static implicit operator string(Sample<T> it) => "";

        public Task<TResult>? Do<TResult>(T one, IDictionary<string, TResult[]> many, out int count, int? port = null, SearchOption option = SearchOption.AllDirectories, CancellationToken stop = default)
        {
            count = 0;
            return null;
        }

        public override string ToString() => "";

        internal static void NotSeen()
        {
        }
    }
}
