using System.Reflection;

namespace Waiide.Tests.Build;

/// <summary>
/// Documentation IDs of reflected members, such as M:A.B`1.Do``1(`0,System.Int32@)
/// (https://learn.microsoft.com/dotnet/csharp/language-reference/xmldoc/#id-strings).
/// </summary>
internal static class ApiId
{
    public static string Of(MemberInfo member) => member switch
    {
        Type type => "T:" + Definition(type),
        FieldInfo field => $"F:{Definition(field.DeclaringType!)}.{field.Name}",
        EventInfo @event => $"E:{Definition(@event.DeclaringType!)}.{@event.Name}",
        PropertyInfo property => $"P:{Definition(property.DeclaringType!)}.{property.Name}{Parameters(property.GetIndexParameters())}",
        MethodBase method => $"M:{Definition(method.DeclaringType!)}.{Name(method)}{Parameters(method.GetParameters())}{Conversion(method)}",
        _ => throw new ArgumentException($"A {member.MemberType} has no documentation ID.", nameof(member)),
    };

    private static string Definition(Type type) => type.FullName!.Replace('+', '.');

    // ".ctor" is written "#ctor".
    private static string Name(MethodBase method) =>
        method.Name.Replace('.', '#') + (method.IsGenericMethod ? $"``{method.GetGenericArguments().Length}" : "");

    private static string Parameters(ParameterInfo[] parameters) =>
        parameters.Length == 0 ? "" : $"({string.Join(',', parameters.Select(parameter => Reference(parameter.ParameterType)))})";

    // Conversions may differ by what they convert to alone.
    private static string Conversion(MethodBase method) =>
        method is MethodInfo { Name: "op_Implicit" or "op_Explicit" } conversion ? "~" + Reference(conversion.ReturnType) : "";

    private static string Reference(Type type)
    {
        if (type.IsByRef)
        {
            return Reference(type.GetElementType()!) + "@";
        }

        if (type.IsPointer)
        {
            return Reference(type.GetElementType()!) + "*";
        }

        if (type.IsArray)
        {
            var rank = type.GetArrayRank();
            return Reference(type.GetElementType()!) + (rank == 1 ? "[]" : $"[{string.Join(',', Enumerable.Repeat("0:", rank))}]");
        }

        if (type.IsGenericParameter)
        {
            return (type.DeclaringMethod is null ? "`" : "``") + type.GenericParameterPosition;
        }

        return ApiName.Of(type, Reference, "{", ",", "}");
    }
}
