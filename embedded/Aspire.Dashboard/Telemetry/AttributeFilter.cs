namespace Aspire.Dashboard.Telemetry;

/// <summary>A condition on an attribute as it is typed: http.route=/lab, status!=200, url.path~api (contains), error (is there).</summary>
internal readonly record struct AttributeFilter(string Key, string Operator, string Value)
{
    // The longer first: != has = in it.
    private static readonly string[] s_operators = ["!=", "=", "~"];

    public static AttributeFilter Of(string text)
    {
        var place = text.AsSpan().IndexOfAny('!', '=', '~');
        foreach (var known in s_operators)
        {
            if (place > 0 && text.AsSpan(place).StartsWith(known, StringComparison.Ordinal))
            {
                return new AttributeFilter(text[..place].Trim(), known, text[(place + known.Length)..].Trim());
            }
        }

        return new AttributeFilter(text.Trim(), "", "");
    }

    public bool Fits(Func<string, string?> find) => Operator switch
    {
        "=" => string.Equals(find(Key), Value, StringComparison.OrdinalIgnoreCase),
        "!=" => !string.Equals(find(Key), Value, StringComparison.OrdinalIgnoreCase),
        "~" => find(Key)?.Contains(Value, StringComparison.OrdinalIgnoreCase) == true,
        _ => find(Key) is not null,
    };

    public override string ToString() => Key + Operator + Value;
}
