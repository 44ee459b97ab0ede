using System.Text.Json.Nodes;
using Waiide.Tests.Build;

namespace Waiide.Tests.Deploy;

/// <summary>azure.yaml against the schema that azd publishes for it (Azure/azure-dev, schemas/v1.0/azure.yaml.json, MIT).</summary>
public sealed class AzureYamlTests(AzureYamlTests.Schema schema) : IClassFixture<AzureYamlTests.Schema>
{
    private static readonly Dictionary<string, (Action<JsonObject> Mistake, string Objection)> Wrong = new()
    {
        ["no name"] = (it => it.Remove("name"), "/ must have required property 'name'"),
        ["a name with a capital"] = (it => it["name"] = "Waiide", "/name must match pattern"),
        ["a list of services"] = (it => it["services"] = new JsonArray("app"), "/services must be object"),
        ["nowhere to run"] = (it => App(it).Remove("host"), "/services/app must have required property 'host'"),
        ["nothing to run"] = (it => App(it).Remove("project"), "/services/app must have required property 'project'"),
        ["two things to run"] = (it => App(it)["image"] = "calliopeai/waiide", "/services/app must NOT be valid"),
        ["a setting of another host"] = (it => App(it)["k8s"] = new JsonObject(), "/services/app/k8s boolean schema is false"),
        ["a number for a text"] = (it => App(it)["project"] = 1, "/services/app/project must be string"),
        ["a host whose schema is elsewhere"] = (it => App(it)["host"] = "azure.ai.agent", "/services/app must NOT be valid"),
    };

    public static TheoryData<string> Mistakes => [.. Wrong.Keys];

    [SkippableFact]
    public async Task Our_own_is_taken() => Assert.Empty(await schema.ObjectionsAsync(Own()));

    [SkippableTheory]
    [MemberData(nameof(Mistakes))]
    public async Task One_with_a_mistake_is_refused(string mistake)
    {
        var document = Own();
        Wrong[mistake].Mistake(document);

        Assert.Contains(await schema.ObjectionsAsync(document), objection => objection.StartsWith(Wrong[mistake].Objection, StringComparison.Ordinal));
    }

    private static JsonObject Own() => Yaml.Documents(Sources.Text("azure.yaml")).Single();

    private static JsonObject App(JsonObject document) => document["services"]!["app"]!.AsObject();

    /// <summary>One validator for all.</summary>
    public sealed class Schema : IAsyncLifetime
    {
        private readonly JsonNode _schema = JsonNode.Parse(Sources.Text("Waiide.Tests/Deploy/Validator/azure.yaml.schema.json"))!;
        private Validator? _validator;

        public Task InitializeAsync() => Task.CompletedTask;

        public async Task DisposeAsync()
        {
            if (_validator is not null)
            {
                await _validator.DisposeAsync();
            }
        }

        internal async Task<IReadOnlyList<string>> ObjectionsAsync(JsonObject document)
        {
            _validator ??= await Validator.StartAsync();
            return await _validator.ObjectionsAsync(new JsonObject { ["schema"] = _schema.DeepClone(), ["document"] = document });
        }
    }
}
