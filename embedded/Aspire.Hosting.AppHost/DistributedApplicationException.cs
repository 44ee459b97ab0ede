namespace Aspire.Hosting;

/// <summary>The application cannot do what it was told; the message says why.</summary>
public class DistributedApplicationException : Exception
{
    /// <summary>Creates the exception with its message.</summary>
    public DistributedApplicationException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with its message and its cause.</summary>
    public DistributedApplicationException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
