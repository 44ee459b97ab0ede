using Waiide.Hub.Mock.Faults;

namespace Waiide.Tests.Hub.Faults;

/// <summary>What is said about a fault becomes one, or a sentence per mistake.</summary>
public sealed class FaultReaderTests
{
    [Fact]
    public void Without_a_kind_the_name_is_the_kind_and_with_one_the_name_is_free()
    {
        Assert.Same(FaultKind.Error, Read("error").Kind);
        Assert.Same(FaultKind.Error, Read("monday", ("kind", "error")).Kind);
    }

    [Theory]
    [InlineData("no-such", "", "", "kind is 'no-such'; the kinds of faults are error, slow, cut, ")]
    [InlineData("error", "status", "200", "status is '200'; set a status from 400 to 599.")]
    [InlineData("error", "status", "500.5", "status is '500.5'; set a status from 400 to 599.")]
    [InlineData("error", "paths", "hub/api", "paths is 'hub/api'; set paths that begin with a slash")]
    [InlineData("error", "share", "0", "share is '0'; set a number up to 1, more than 0.")]
    [InlineData("error", "delay", "1", "delay says nothing about error, which takes status, paths, at, share, count, duration.")]
    [InlineData("slow", "count", "1", "delay or rate is missing: seconds from 0 to 3600.")]
    [InlineData("token-revoked", "tokens", "all", "user or server or id is missing")]
    [InlineData("token-revoked", "server", "ada", "server is 'ada'; set the name of a user, a slash, the name of the server")]
    [InlineData("scope-withdrawn", "scope", "access:everything", "scope is 'access:everything'; set a scope")]
    [InlineData("restart", "duration", "1", "duration says nothing about restart")]
    public void A_mistake_is_told_with_what_to_set(string name, string key, string value, string sentence)
    {
        var mistakes = new List<string>();
        var settings = key.Length > 0 ? new Dictionary<string, string> { [key] = value } : [];
        Assert.Null(FaultReader.Read(name, settings, written => written, mistakes));
        Assert.Contains(mistakes, mistake => mistake.StartsWith(sentence, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(null, "/hub/home", true)]
    [InlineData(null, "/user/ada/", false)]
    [InlineData("/user/ada/", "/user/ada/x", true)]
    [InlineData("/hub/api/us", "/hub/api/users/ada", true)]
    [InlineData("/hub/api/users/*/activity", "/hub/api/users/ada/activity", true)]
    [InlineData("/hub/api/users/*/activity", "/hub/api/users/ada/tokens", false)]
    [InlineData("/hub/api/users/*/activity", "/hub/api/users/ada", false)]
    [InlineData("/hub/login, /hub/api/oauth2/", "/hub/api/oauth2/token", true)]
    public void A_fault_is_about_the_paths_it_names_or_about_the_hub(string? paths, string path, bool isAbout) =>
        Assert.Equal(isAbout, (paths is null ? Read("error") : Read("error", ("paths", paths))).IsAbout(path, "/hub/"));

    [Fact]
    public void A_share_is_kept_evenly_and_a_count_ends_the_fault()
    {
        var quarter = new ActiveFault(Read("error", ("share", "0.25")));
        Assert.Equal([false, false, false, true, false, false, false, true], Enumerable.Range(0, 8).Select(_ => quarter.Strikes()));

        var twice = new ActiveFault(Read("error", ("count", "2")));
        Assert.Equal([true, true, false], Enumerable.Range(0, 3).Select(_ => twice.Strikes()));
        Assert.False(twice.IsActive);
    }

    private static Fault Read(string name, params (string Key, string Value)[] settings)
    {
        var mistakes = new List<string>();
        var fault = FaultReader.Read(name, settings.ToDictionary(setting => setting.Key, setting => setting.Value), key => key, mistakes);
        Assert.Empty(mistakes);
        return fault!;
    }
}
