namespace Aspire.Hosting.Docker.Resources.ComposeNodes;

/// <summary>A network that services are on.</summary>
public sealed class Network : NamedComposeMember
{
    /// <summary>The driver.</summary>
    public string? Driver { get; set; }
}

/// <summary>A file that services get.</summary>
public sealed class Config : NamedComposeMember
{
    /// <summary>The file, relative to the compose file.</summary>
    public string? File { get; set; }

    /// <summary>The file's content, instead of a file.</summary>
    public string? Content { get; set; }
}
