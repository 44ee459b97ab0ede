namespace Aspire.Hosting.ApplicationModel;

/// <summary>A program with its arguments and folder.</summary>
public class ExecutableResource : Resource, IResourceWithEnvironment, IResourceWithArgs, IResourceWithEndpoints, IResourceWithWaitSupport, IComputeResource
{
    /// <summary>Describes a program; the command is a path or a name on the PATH.</summary>
    public ExecutableResource(string name, string command, string workingDirectory)
        : base(name)
    {
        Command = command;
        WorkingDirectory = workingDirectory;
    }

    /// <summary>The program.</summary>
    public string Command { get; }

    /// <summary>The folder that it runs in.</summary>
    public string WorkingDirectory { get; }
}
