using Waiide.Tests.Support;

namespace Waiide.Tests.Hosting.Publish;

/// <summary>The stand-ins publish the sample as the real packages did.</summary>
public sealed class SampleTests
{
    [Fact]
    public async Task The_manifest_is_the_recorded_one()
    {
        // Beside the sample's folders, as the recorded one was: the paths in it are relative to it.
        var file = Path.Combine(Directory.CreateDirectory(Path.Combine(Sample.Folder, "obj")).FullName, $"manifest-{Guid.NewGuid():N}.json");
        try
        {
            var (code, output) = await Sample.RunAsync("--publisher", "manifest", "--output-path", file);

            Assert.True(code == 0, output);
            Assert.Contains($"Published manifest to: {file}", output, StringComparison.Ordinal);
            Assert.Equal(Ordered.Json(Sample.Recorded("aspire-manifest.json")), Ordered.Json(await File.ReadAllTextAsync(file)));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task The_compose_file_and_its_variables_are_the_recorded_ones()
    {
        using var folder = new TempDirectory();
        var (code, output) = await Sample.RunAsync("--", "--operation", "publish", "--step", "publish", "--output-path", folder.Path);

        Assert.True(code == 0, output);
        var (compose, variables) = (Path.Combine(folder.Path, "docker-compose.yaml"), Path.Combine(folder.Path, ".env"));
        Assert.Contains($"Docker Compose file written successfully to {compose}.", output, StringComparison.Ordinal);
        Assert.Contains(variables, output, StringComparison.Ordinal);
        Assert.Equal(Ordered.Yaml(Sample.Recorded("docker-compose.yaml")), Ordered.Yaml(await File.ReadAllTextAsync(compose)));
        Assert.Equal(Sample.Recorded(".env").Split('\n'), (await File.ReadAllTextAsync(variables)).Split('\n'));

        // Nothing was started: no dashboard, no process, no address.
        Assert.DoesNotContain("Now listening", output, StringComparison.Ordinal);
        Assert.DoesNotContain("Login to the dashboard", output, StringComparison.Ordinal);
        Assert.DoesNotContain("Press Ctrl+C", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--operation publish --step deploy", "Step 'deploy' not found in pipeline. Available steps: 'validate-docker-compose', ")]
    [InlineData("--operation publish --outputpath /tmp/never", "'--outputpath': no such option of publishing. There are --operation, ")]
    [InlineData("--operation publish publish", "'publish': no such option of publishing.")]
    [InlineData("--operation publsh", "'publsh' is no operation: use --operation run or --operation publish.")]
    [InlineData("--publisher kubernetes", "'kubernetes' is no publisher: use --publisher manifest, or --operation publish --step publish.")]
    [InlineData("--publisher manifest", "The '--output-path [path]' option was not specified even though manifest publishing was requested.")]
    [InlineData("--operation publish --log-level loud", "'loud' is no log level: use --log-level with one of Trace, ")]
    [InlineData("--step publish", "add --operation publish.")]
    [InlineData("--operation publish --output-path /proc/nowhere", "Step 'publish-compose' failed: ")]
    public async Task A_mistake_is_told_once_and_fails(string arguments, string sentence)
    {
        var (code, output) = await Sample.RunAloneAsync(arguments.Split(' '));

        Assert.Equal(1, code);
        Assert.Equal(2, output.Split(sentence).Length);
        Assert.DoesNotContain("   at Aspire.", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_steps_are_listed_in_their_order_and_none_is_done()
    {
        var (code, output) = await Sample.RunAloneAsync("--operation", "publish", "--list-steps", "--step", "publish", "--log-level", "error");

        Assert.Equal(0, code);
        Assert.Equal(
            ["validate-docker-compose", "prepare-deployment-targets-compose", "before-start", "publish-prereq", "publish-compose", "publish"],
            output.Split('\n').Select(line => line.Split(':')[0]));
    }

    // What the comparisons above would let through is not held.
    [Theory]
    [InlineData("docker-compose.yaml", "    image: \"${HUB_IMAGE}\"\n    environment:", "    environment:")]
    [InlineData("docker-compose.yaml", "      - \"${HUB_PORT}\"\n    networks:\n      - \"aspire\"", "      - \"${HUB_PORT}\"\n    restart: \"no\"\n    networks:\n      - \"aspire\"")]
    [InlineData("docker-compose.yaml", "      hub:\n        condition: \"service_started\"\n      ide:", "      ide:\n        condition: \"service_started\"\n      hub:")]
    [InlineData("docker-compose.yaml", "PORT: \"8080\"", "PORT: 8080")]
    [InlineData("docker-compose.yaml", "      - \"--disable-telemetry\"\n      - \"/home/coder/project\"", "      - \"/home/coder/project\"\n      - \"--disable-telemetry\"")]
    [InlineData("aspire-manifest.json", "\"type\": \"string\",\n          \"secret\": true", "\"secret\": true,\n          \"type\": \"string\"")]
    [InlineData("aspire-manifest.json", "\"targetPort\": 8080", "\"targetPort\": \"8080\"")]
    [InlineData("aspire-manifest.json", "\"external\": true", "\"external\": false")]
    public void A_key_at_another_place_or_another_value_is_noticed(string file, string recorded, string changed)
    {
        Func<string, IReadOnlyList<string>> lines = file.EndsWith(".json", StringComparison.Ordinal) ? Ordered.Json : Ordered.Yaml;
        var text = Sample.Recorded(file);
        var other = text.Replace(recorded, changed, StringComparison.Ordinal);

        Assert.NotEqual(text, other);
        Assert.NotEqual(lines(text), lines(other));
        Assert.Equal(lines(text), lines(Sample.Recorded(file)));
    }
}
