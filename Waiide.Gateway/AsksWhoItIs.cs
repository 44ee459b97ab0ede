namespace Waiide.Gateway;

/// <summary>Metadata of an endpoint that answers anybody, but not everybody alike: authentication takes place there as well.</summary>
internal sealed class AsksWhoItIs
{
    internal static readonly AsksWhoItIs Mark = new();
}
