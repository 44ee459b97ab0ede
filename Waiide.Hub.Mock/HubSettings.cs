using System.Globalization;
using System.Net;

namespace Waiide.Hub.Mock;

/// <summary>Turns Hub:* into <see cref="HubOptions"/>, or into one sentence per mistake.</summary>
internal static partial class HubSettings
{
    /// <summary>Adds the options; on mistakes prints all of them and returns false.</summary>
    public static bool AddHubOptions(this WebApplicationBuilder builder)
    {
        var mistakes = new List<string>();
        var options = Read(builder.Configuration.GetSection("Hub"), mistakes);
        foreach (var mistake in mistakes)
        {
            Console.Error.WriteLine(mistake);
        }

        builder.Services.AddSingleton(options);
        return mistakes.Count == 0;
    }

    internal static HubOptions Read(IConfigurationSection hub, List<string> mistakes)
    {
        var options = new HubOptions
        {
            FrontPort = Port(hub, "FrontPort", 8000, mistakes),
            ApiPort = Port(hub, "ApiPort", 8081, mistakes),
            Address = Address(hub, mistakes),
            BaseUrl = BaseUrl(hub, mistakes),
            PublicUrl = Url(hub, "PublicUrl", "set the address that browsers use, such as https://hub.example.org", mistakes),
            Operator = hub["Operator"] is { Length: > 0 } who ? who : null,
            Profile = Profile(hub, mistakes),
            Database = hub["Database"] == State.Database.InMemory ? State.Database.InMemory : Folder(hub, "Database", mistakes) ?? Path.Combine(UserFolders.Data, "waiide", "hub", "hub.sqlite"),
            Users = Users(hub, mistakes),
            DummyPassword = hub["DummyPassword"] is { Length: > 0 } dummy ? dummy : null,
            Services = Services(hub, mistakes),
            Spawner = Spawner(hub, mistakes),
            Proxy = Proxy(hub, mistakes),
            Faults = Faults(hub, mistakes),
        };
        CheckPorts(options, mistakes);
        return options with { Groups = Groups(hub, mistakes), Servers = Servers(hub, options.Users, mistakes), Roles = Roles(hub, options, mistakes) };
    }

    private static int Port(IConfigurationSection hub, string name, int otherwise, List<string> mistakes)
    {
        if (hub[name] is not { Length: > 0 } text)
        {
            return otherwise;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= ushort.MaxValue)
        {
            return port;
        }

        mistakes.Add($"Hub:{name} is '{text}', which is not a port; set a number from 1 to 65535.");
        return otherwise;
    }

    private static IPAddress Address(IConfigurationSection hub, List<string> mistakes)
    {
        if (hub["Address"] is not { Length: > 0 } text)
        {
            return IPAddress.Loopback;
        }

        if (IPAddress.TryParse(text, out var address))
        {
            return address;
        }

        mistakes.Add($"Hub:Address is '{text}', which is not an IP address; set one such as 127.0.0.1 or 0.0.0.0.");
        return IPAddress.Loopback;
    }

    private static string BaseUrl(IConfigurationSection hub, List<string> mistakes)
    {
        var path = $"/{hub["BaseUrl"]?.Trim('/')}/";
        if (path == "//")
        {
            return "/";
        }

        if (path.All(letter => char.IsAsciiLetterOrDigit(letter) || "/-._~".Contains(letter)) && !path.Contains("//"))
        {
            return path;
        }

        mistakes.Add($"Hub:BaseUrl is '{hub["BaseUrl"]}'; set a path of letters, digits and -._~ such as /jupyter/.");
        return "/";
    }

    private static VersionProfile Profile(IConfigurationSection hub, List<string> mistakes)
    {
        var name = hub["Profile"] is { Length: > 0 } text ? text : VersionProfile.Default;
        if (VersionProfile.All.TryGetValue(name, out var profile))
        {
            return profile;
        }

        mistakes.Add($"Hub:Profile is '{name}'; the versions to choose from are {string.Join(", ", VersionProfile.All.Keys)}.");
        return VersionProfile.All[VersionProfile.Default];
    }

    /// <param name="fix">What to set, with an example.</param>
    private static Uri? Url(IConfigurationSection section, string name, string fix, List<string> mistakes)
    {
        if (section[name] is not { Length: > 0 } text)
        {
            return null;
        }

        if (HttpUrl(text) is { } url)
        {
            return url;
        }

        mistakes.Add($"{section.Path}:{name} is '{text}'; {fix}.");
        return null;
    }

    private static Uri? HttpUrl(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? url : null;

    // Hub:Admins=ada,bob or Hub:Admins:0=ada.
    private static IEnumerable<string> Names(IConfigurationSection section) =>
        (section.Value ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Concat(section.GetChildren().Select(child => child.Value ?? ""))
            .Where(name => name.Length > 0);

    private static bool Flag(IConfigurationSection section, string name, bool otherwise, List<string> mistakes)
    {
        if (section[name] is not { Length: > 0 } text)
        {
            return otherwise;
        }

        if (bool.TryParse(text, out var flag))
        {
            return flag;
        }

        mistakes.Add($"{section.Path}:{name} is '{text}'; set true or false.");
        return otherwise;
    }

    private static TimeSpan Seconds(IConfigurationSection section, string name, TimeSpan otherwise, List<string> mistakes)
    {
        if (section[name] is not { Length: > 0 } text)
        {
            return otherwise;
        }

        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and <= 1e6)
        {
            return TimeSpan.FromSeconds(seconds);
        }

        mistakes.Add($"{section.Path}:{name} is '{text}'; set a number of seconds, such as {otherwise.TotalSeconds}.");
        return otherwise;
    }
}
