using System.Security.Cryptography;
using System.Text.Json;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A random password as a parameter's default.</summary>
public sealed class GenerateParameterDefault : ParameterDefault, IManifestDefault
{
    /// <summary>How long the value is.</summary>
    public int MinLength { get; set; }

    /// <summary>Whether it may have small letters.</summary>
    public bool Lower { get; set; } = true;

    /// <summary>Whether it may have capital letters.</summary>
    public bool Upper { get; set; } = true;

    /// <summary>Whether it may have digits.</summary>
    public bool Numeric { get; set; } = true;

    /// <summary>Whether it may have other characters.</summary>
    public bool Special { get; set; } = true;

    /// <summary>How many small letters it has at least.</summary>
    public int MinLower { get; set; }

    /// <summary>How many capital letters it has at least.</summary>
    public int MinUpper { get; set; }

    /// <summary>How many digits it has at least.</summary>
    public int MinNumeric { get; set; }

    /// <summary>How many other characters it has at least.</summary>
    public int MinSpecial { get; set; }

    /// <inheritdoc />
    public override string GetDefaultValue()
    {
        // No letters that are easily taken for another (i, l, o), no special characters that mean something in URLs or shells.
        (string Alphabet, bool Allowed, int AtLeast)[] kinds =
        [
            ("abcdefghjkmnpqrstuvwxyz", Lower, MinLower),
            ("ABCDEFGHJKMNPQRSTUVWXYZ", Upper, MinUpper),
            ("0123456789", Numeric, MinNumeric),
            ("-_.{}~()*+!", Special, MinSpecial),
        ];

        var all = string.Concat(kinds.Where(kind => kind.Allowed).Select(kind => kind.Alphabet));
        if (all.Length == 0 || kinds.Any(kind => !kind.Allowed && kind.AtLeast > 0))
        {
            throw new InvalidOperationException("A generated parameter needs at least one kind of characters, and a minimum only for kinds that are allowed.");
        }

        var required = kinds.SelectMany(kind => kind.AtLeast > 0 ? RandomNumberGenerator.GetString(kind.Alphabet, kind.AtLeast) : "").ToArray();
        char[] value = [.. required, .. RandomNumberGenerator.GetString(all, Math.Max(0, MinLength - required.Length))];
        RandomNumberGenerator.Shuffle<char>(value);
        return new string(value);
    }

    void IManifestDefault.WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartObject("generate");
        json.WriteNumber("minLength", MinLength);
        foreach (var (kind, allowed) in (IEnumerable<(string, bool)>)[("lower", Lower), ("upper", Upper), ("numeric", Numeric), ("special", Special)])
        {
            if (!allowed)
            {
                json.WriteBoolean(kind, false);
            }
        }

        foreach (var (kind, atLeast) in (IEnumerable<(string, int)>)[("minLower", MinLower), ("minUpper", MinUpper), ("minNumeric", MinNumeric), ("minSpecial", MinSpecial)])
        {
            if (atLeast > 0)
            {
                json.WriteNumber(kind, atLeast);
            }
        }

        json.WriteEndObject();
    }
}
