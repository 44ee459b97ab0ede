namespace Aspire.Hosting.Publishing;

/// <summary>All steps of an application, in an order in which they can be done.</summary>
internal sealed class Pipeline
{
    private readonly Dictionary<string, PipelineStep> _steps;

    public Pipeline(IEnumerable<PipelineStep> steps)
    {
        _steps = steps.ToDictionary(step => step.Name);

        // "Required by" is "depends on", said by the other side.
        foreach (var step in _steps.Values.ToArray())
        {
            foreach (var name in step.RequiredBy)
            {
                _steps[name] = _steps[name] with { DependsOn = [.. _steps[name].DependsOn, step.Name] };
            }
        }
    }

    public IEnumerable<PipelineStep> All => InOrder(_steps.Keys);

    /// <summary>A step after everything that it needs; fails with the choices when there is no such step.</summary>
    public IReadOnlyList<PipelineStep> UpTo(string name) => _steps.ContainsKey(name)
        ? InOrder([name])
        : throw new DistributedApplicationException($"Step '{name}' not found in pipeline. Available steps: {string.Join(", ", All.Select(step => $"'{step.Name}'"))}");

    private List<PipelineStep> InOrder(IEnumerable<string> names)
    {
        var ordered = new List<PipelineStep>();
        var seen = new HashSet<string>();
        foreach (var name in names)
        {
            Visit(name);
        }

        return ordered;

        void Visit(string name)
        {
            if (seen.Add(name))
            {
                foreach (var earlier in _steps[name].DependsOn)
                {
                    Visit(earlier);
                }

                ordered.Add(_steps[name]);
            }
        }
    }
}
