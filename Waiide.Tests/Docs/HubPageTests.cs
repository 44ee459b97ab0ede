using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;
using Waiide.Hub.Mock;
using Waiide.Tests.Build;

namespace Waiide.Tests.Docs;

/// <summary>docs/hub.md against the settings that the hub takes, and the table of versions that it goes by.</summary>
public sealed class HubPageTests
{
    // How the page says the defaults that are no plain values.
    private static readonly Dictionary<string, string> DefaultsInWords = new()
    {
        ["Hub:PublicUrl"] = "as the request says",
        ["Hub:Admins"] = "none",
        ["Hub:Spawner:Cmd"] = "the gateway",
        ["Hub:Spawner:EnvKeep"] = "as JupyterHub's",
        ["Hub:Spawner:HubConnectUrl"] = "`Hub:Address` and `Hub:ApiPort`",
        ["Hub:Spawner:Folder"] = "`~/.local/share/waiide/hub`",
        ["Hub:Spawner:Home"] = "one for each user in `Hub:Spawner:Folder`; with a `Cmd`, the hub's own",
        ["Hub:Database"] = "`~/.local/share/waiide/hub/hub.sqlite`",
        ["Hub:Proxy:HubUrl"] = "`Hub:Address` and `Hub:ApiPort`",
    };

    [Fact]
    public void The_page_has_a_row_for_each_setting_that_is_read_and_no_other()
    {
        // One of each where settings are lists; what they are set to is wrong for some, which is no matter here.
        string[] lists =
        [
            "Hub:Users:<name>", "Hub:Groups:<name>", "Hub:Roles:<name>:Scopes", "Hub:Services:<n>:Name", "Hub:Services:<n>:ApiToken", "Hub:Servers:<n>:ApiToken", "Hub:Spawner:Environment:<NAME>",
            "Hub:Faults:Enabled", "Hub:Faults:<name>:<key>",
        ];
        var asked = new HashSet<string>();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(lists.ToDictionary(name => name, name => (string?)(name.EndsWith("Enabled", StringComparison.Ordinal) ? "true" : "sixteen-letters-or-more"))).Build();

        HubSettings.Read(new Asked(configuration.GetSection("Hub"), asked), []);

        Assert.Equal(asked.Order(StringComparer.Ordinal), Settings().Select(row => row.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_page_says_the_defaults_that_hold()
    {
        var defaults = HubSettings.Read(new ConfigurationBuilder().Build().GetSection("Hub"), []);
        foreach (var (name, said) in Settings())
        {
            var expected = DefaultsInWords.TryGetValue(name, out var words) ? words : name.Contains('<') ? "none" : Text(ValueOf(defaults, name));
            Assert.Equal((name, expected), (name, said));
        }
    }

    [Fact]
    public void The_page_says_of_each_version_what_is_different()
    {
        var cells = Table("Which version it answers as").ToArray();
        Assert.Equal(["", .. VersionProfile.All.Keys], cells[0]);

        Assert.Equal(typeof(VersionProfile).GetProperties().Select(property => property.Name).Where(name => name != nameof(VersionProfile.All)).Order(StringComparer.Ordinal), Differences.Select(difference => difference.Property).Order(StringComparer.Ordinal));
        Assert.Equal(Differences.Select(difference => (string[])[difference.Words, .. VersionProfile.All.Values.Select(profile => Cell(difference, profile))]), cells.Skip(2));
    }

    // The rows of the page in their order: the property, what it means to who reads the page, and what "yes" and "no" are called.
    private static readonly Difference[] Differences =
    [
        new(nameof(VersionProfile.Version), "answers as"),
        new(nameof(VersionProfile.ReadinessPath), "asks a server whether it is there at", "`{prefix}{0}`"),
        new(nameof(VersionProfile.HasXsrfCookie), "tells forged requests by", Yes: "`_xsrf`", No: "`Referer`"),
        new(nameof(VersionProfile.TakesForeignSubresources), "a foreign page's `no-cors` GET with cookies", Yes: "passes", No: "403"),
        new(nameof(VersionProfile.EnforcesPkce), "PKCE", Yes: "enforced once a challenge was sent", No: "ignored"),
        new(nameof(VersionProfile.FrameAncestors), "`frame-ancestors`", "`{0}`"),
        new(nameof(VersionProfile.AllowsAnyOrigin), "`/hub/api/` has `Access-Control-Allow-Origin: *`"),
        new(nameof(VersionProfile.ServerTokenReachesAllServers), "a server's own token reaches", Yes: "all servers of its user", No: "itself"),
        new(nameof(VersionProfile.TellsMissingCredentials), "an API call without credentials hears", Yes: "that they are missing", No: "which scopes it needs"),
        new(nameof(VersionProfile.ChecksTokenRequests), "asking for a token with scopes that do not exist", Yes: "400", No: "500"),
        new(nameof(VersionProfile.NamesMissingTokens), "the 404 of a token that is not there names it", No: "no, `None`"),
        new(nameof(VersionProfile.TellsTokenId), "`/hub/api/user` has `token_id`"),
        new(nameof(VersionProfile.TellsUserInfo), "`/hub/api/user` has `user_info`"),
        new(nameof(VersionProfile.TellsFullNames), "servers have `full_name`, `full_url` and `full_progress_url`"),
        new(nameof(VersionProfile.TellsDisplayName), "servers have `display_name`"),
        new(nameof(VersionProfile.HasPlainServerNames), "named servers are called", Yes: "a letter, then letters, digits and single `-`; at most 30", No: "anything without `/`"),
        new(nameof(VersionProfile.TellsCookieHostPrefix), "servers are told `JUPYTERHUB_COOKIE_HOST_PREFIX_ENABLED`"),
        new(nameof(VersionProfile.TellsPublicUrls), "servers are told `JUPYTERHUB_PUBLIC_URL` and `JUPYTERHUB_PUBLIC_HUB_URL`"),
        new(nameof(VersionProfile.HasGroupProperties), "groups have `properties`"),
        new(nameof(VersionProfile.SortsUsers), "the list of users can be sorted"),
        new(nameof(VersionProfile.HasShares), "users can share servers"),
        new(nameof(VersionProfile.HasServiceAdministration), "there is the scope `admin:services`"),
    ];

    private static string Cell(Difference difference, VersionProfile profile) => typeof(VersionProfile).GetProperty(difference.Property)!.GetValue(profile) switch
    {
        bool holds => holds ? difference.Yes : difference.No,
        var text => difference.Pattern.Replace("{0}", (string)text!, StringComparison.Ordinal),
    };

    // | `Hub:Spawner:SlowSpawnTimeout`, `:SlowStopTimeout` | 10 | ... |: a name that begins with a colon takes the place of the last part.
    private static IEnumerable<(string Name, string Default)> Settings()
    {
        foreach (var cells in Table("Settings").Skip(2))
        {
            var first = "";
            foreach (var name in cells[0].Split(", ").Select(name => name.Trim('`')))
            {
                first = name.StartsWith(':') ? first[..first.LastIndexOf(':')] + name : name;
                yield return (first, cells[1]);
            }
        }
    }

    private static IEnumerable<string[]> Table(string heading) => Sources.Text("docs/hub.md").Split($"\n## {heading}\n")[1].Split("\n## ")[0]
        .Split('\n').Where(line => line.StartsWith('|')).Select(line => line[1..^1].Split('|', StringSplitOptions.TrimEntries));

    // Some settings stand beside others in the options, by whoever uses them.
    private static object? ValueOf(HubOptions options, string setting)
    {
        var parts = setting.Split(':');
        object[] places = parts.Length == 2 ? [options, options.Spawner, options.Proxy] : [parts[1] switch { "Spawner" => options.Spawner, "Proxy" => options.Proxy, _ => options.Faults }];
        var place = places.First(place => place.GetType().GetProperty(parts[^1]) is not null);
        return place.GetType().GetProperty(parts[^1])!.GetValue(place);
    }

    private static string Text(object? value) => value switch
    {
        null or IReadOnlyList<object> { Count: 0 } => "none",
        bool flag => flag ? "`true`" : "`false`",
        TimeSpan time => time.TotalSeconds.ToString(CultureInfo.InvariantCulture),
        int number => number.ToString(CultureInfo.InvariantCulture),
        VersionProfile profile => $"`{VersionProfile.All.Single(entry => entry.Value == profile).Key}`",
        _ => $"`{value}`",
    };

    private sealed record Difference(string Property, string Words, string Pattern = "{0}", string Yes = "yes", string No = "no");

    /// <summary>A configuration that notes every value it is asked for.</summary>
    private sealed class Asked(IConfigurationSection section, HashSet<string> asked) : IConfigurationSection
    {
        public string Key => section.Key;

        public string Path => section.Path;

        public string? Value
        {
            get
            {
                asked.Add(section.Path);
                return section.Value;
            }

            set => throw new NotSupportedException();
        }

        public string? this[string key]
        {
            get => new Asked(section.GetSection(key), asked).Value;
            set => throw new NotSupportedException();
        }

        public IConfigurationSection GetSection(string key) => new Asked(section.GetSection(key), asked);

        public IEnumerable<IConfigurationSection> GetChildren() => section.GetChildren().Select(child => new Asked(child, asked));

        public IChangeToken GetReloadToken() => section.GetReloadToken();
    }
}
