namespace Aspire.Hosting.ApplicationModel;

/// <summary>What the resource becomes in the environment that it is published to.</summary>
internal sealed class DeploymentTargetAnnotation(IResource target) : IResourceAnnotation
{
    public IResource DeploymentTarget => target;
}
