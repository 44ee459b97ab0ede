namespace Waiide.Tests.Build;

internal static class ApiName
{
    /// <summary>A type's name with its arguments where they belong: Outer`1+Inner`1 of A and B is Outer{A}.Inner{B}.</summary>
    public static string Of(Type type, Func<Type, string> argument, string open, string separator, string close)
    {
        var arguments = new Queue<Type>(type.GetGenericArguments());
        var definition = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        return string.Join('.', definition.FullName!.Split('+').Select(part =>
        {
            var tick = part.IndexOf('`', StringComparison.Ordinal);
            if (tick < 0)
            {
                return part;
            }

            var own = Enumerable.Range(0, int.Parse(part[(tick + 1)..], System.Globalization.CultureInfo.InvariantCulture)).Select(_ => argument(arguments.Dequeue()));
            return part[..tick] + open + string.Join(separator, own) + close;
        }));
    }
}
