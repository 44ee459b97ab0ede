using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Waiide.Tests.Build;

/// <summary>
/// What a member's ID leaves out and a caller depends on: "static string (this name, out value, port = null)" for a method, the type of a property, the value of
/// a constant, the kind of a type. Nullability is left out.
/// </summary>
internal static class ApiShape
{
    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(object)] = "object",
        [typeof(string)] = "string",
        [typeof(bool)] = "bool",
        [typeof(char)] = "char",
        [typeof(byte)] = "byte",
        [typeof(short)] = "short",
        [typeof(ushort)] = "ushort",
        [typeof(int)] = "int",
        [typeof(uint)] = "uint",
        [typeof(long)] = "long",
        [typeof(ulong)] = "ulong",
        [typeof(double)] = "double",
        [typeof(decimal)] = "decimal",
    };

    public static string Of(MemberInfo member) => member switch
    {
        Type { IsInterface: true } => "interface",
        Type { IsEnum: true } => "enum",
        Type { IsValueType: true } => "struct",
        Type type => type.IsSubclassOf(typeof(Delegate)) ? "delegate" : "class",
        FieldInfo { DeclaringType.IsEnum: true } field => "= " + Convert.ToString(field.GetRawConstantValue(), CultureInfo.InvariantCulture),
        FieldInfo field => Static(field.IsStatic) + Name(field.FieldType) + (field.IsLiteral ? " = " + Value(field.GetRawConstantValue(), field.FieldType) : ""),
        PropertyInfo property => Static(property.GetAccessors(nonPublic: true)[0].IsStatic) + Name(property.PropertyType),
        EventInfo @event => Static(@event.AddMethod!.IsStatic) + Name(@event.EventHandlerType!),
        MethodInfo method => $"{Static(method.IsStatic)}{Name(method.ReturnType)} {Parameters(method)}",
        MethodBase constructor => Parameters(constructor),
        _ => "",
    };

    private static string Static(bool isStatic) => isStatic ? "static " : "";

    private static string Parameters(MethodBase method) => $"({string.Join(", ", method.GetParameters().Select(parameter => Parameter(method, parameter)))})";

    private static string Parameter(MethodBase method, ParameterInfo parameter)
    {
        var kind = parameter.ParameterType.IsByRef ? parameter.IsOut ? "out " : parameter.IsIn ? "in " : "ref "
            : parameter.IsDefined(typeof(ParamArrayAttribute)) ? "params " : "";
        var extended = parameter.Position == 0 && method.IsDefined(typeof(ExtensionAttribute)) ? "this " : "";
        return extended + kind + parameter.Name + (parameter.HasDefaultValue ? " = " + Value(parameter.RawDefaultValue, parameter.ParameterType) : "");
    }

    private static string Value(object? value, Type type)
    {
        var underlying = Nullable.GetUnderlyingType(type);
        return value switch
        {
            null => type.IsValueType && underlying is null || type.IsGenericParameter ? $"default({Name(type)})" : "null",
            string text => $"\"{text}\"",
            bool flag => flag ? "true" : "false",
            _ when (underlying ?? type).IsEnum => EnumValue(underlying ?? type, value),
            _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        };
    }

    // "A | B", each by its full name.
    private static string EnumValue(Type type, object value) =>
        string.Join(" | ", Enum.ToObject(type, value).ToString()!.Split(", ").Select(name => $"{Name(type)}.{name}"));

    private static string Name(Type type)
    {
        if (type.IsByRef)
        {
            return "ref " + Name(type.GetElementType()!);
        }

        if (type.IsArray)
        {
            return $"{Name(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]";
        }

        if (type.IsGenericParameter)
        {
            return type.Name;
        }

        return Nullable.GetUnderlyingType(type) is { } underlying ? Name(underlying)
            : Keywords.TryGetValue(type, out var keyword) ? keyword
            : ApiName.Of(type, Name, "<", ", ", ">");
    }
}
