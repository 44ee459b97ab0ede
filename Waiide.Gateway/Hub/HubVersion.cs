namespace Waiide.Gateway.Hub;

/// <summary>The hub's version, sent back to it on every response: hubs compare, and give up redirects sooner where it differs.</summary>
internal sealed class HubVersion
{
    // Until the hub has told its own: that of the contract that this gateway was written against.
    public string Value { get; set; } = "5.5.1";
}
