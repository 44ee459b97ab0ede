using Waiide.Gateway.Proxy;

namespace Waiide.Tests.Gateway.Proxy;

public class DevServerTests
{
    private const string Host = "hub.example.org:8443";

    private static readonly DevServer Stripped = new(3000, "/user/we%2Bird@ex.org/proxy/3000/", SeesBase: false);
    private static readonly DevServer Whole = new(5173, "/user/ada/absproxy/5173/", SeesBase: true);

    [Theory]
    [InlineData("/", "")]
    [InlineData("/login?next=%2Fa#b", "login?next=%2Fa#b")]
    [InlineData("http://localhost:3000/login", "login")]
    [InlineData("http://LOCALHOST:3000", "")]
    [InlineData("https://127.0.0.1:3000/a", "a")]
    [InlineData("http://[::1]:3000/a", "a")]
    [InlineData("http://0.0.0.0:3000/?a", "?a")]
    [InlineData("http://localhost:3000?a", "?a")]
    [InlineData("//localhost:3000/a", "a")]
    [InlineData("https://hub.example.org:8443/a", "a")]
    [InlineData("/user/ada/", "user/ada/")]
    [InlineData("http://localhost:3000//evil.example.org/", "/evil.example.org/")]
    public void A_redirect_to_its_root_leads_below_its_place(string location, string below) =>
        Assert.Equal(Stripped.Base + below, Stripped.Location(location, Host));

    [Theory]
    [InlineData("/user/we%2Bird@ex.org/proxy/3000/a")]
    [InlineData("/user/we%2bird%40ex.org/proxy/3000/a?b")]
    [InlineData("/user/we%2Bird@ex.org/proxy/3000")]
    public void Where_the_server_has_put_its_place_itself_nothing_is_added(string location)
    {
        Assert.Equal(location, Stripped.Location(location, Host));
        Assert.Equal(location, Stripped.Location($"https://{Host}{location}", Host));
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData("../a")]
    [InlineData("?a")]
    [InlineData("")]
    [InlineData("https://example.org/a")]
    [InlineData("//example.org/a")]
    [InlineData("/\\example.org/a")]
    [InlineData("http://localhost:3001/a")]
    [InlineData("http://localhost/a")]
    [InlineData("http://localhost:3000@example.org/a")]
    [InlineData("http://hub.example.org/a")]
    [InlineData("mailto:a@example.org")]
    public void Relative_redirects_and_other_sites_stay_as_they_are(string location) =>
        Assert.Equal(location, Stripped.Location(location, Host));

    [Theory]
    [InlineData("/user/ada/absproxy/5173/a", "/user/ada/absproxy/5173/a")]
    [InlineData("/a", "/a")]
    [InlineData("http://localhost:5173/user/ada/absproxy/5173/a", "/user/ada/absproxy/5173/a")]
    [InlineData("http://localhost:5173//evil.example.org", "http://localhost:5173//evil.example.org")]
    [InlineData("https://hub.example.org:8443/hub/home", "https://hub.example.org:8443/hub/home")]
    public void A_server_that_sees_the_whole_path_is_taken_at_its_word(string location, string seen) =>
        Assert.Equal(seen, Whole.Location(location, Host));

    [Theory]
    [InlineData("a=1; Path=/", "a=1; Path=/user/we%2Bird@ex.org/proxy/3000/")]
    [InlineData("a=1;path=/app;HttpOnly", "a=1;HttpOnly; Path=/user/we%2Bird@ex.org/proxy/3000/app")]
    [InlineData("a=1; Domain=example.org; Secure; Path=/", "a=1; Secure; Path=/user/we%2Bird@ex.org/proxy/3000/")]
    [InlineData("a=1; DOMAIN = .example.org", "a=1")]
    [InlineData("a=1; Path=/x; Path=/", "a=1; Path=/user/we%2Bird@ex.org/proxy/3000/")]
    [InlineData("a=1; Path=/; Path=x", "a=1")]
    [InlineData("a=1; Path", "a=1")]
    [InlineData("a=1; Path=/user/we%2Bird@ex.org/proxy/3000/app", "a=1; Path=/user/we%2Bird@ex.org/proxy/3000/app")]
    [InlineData("a=1; Path=/user/we%2Bird@ex.org/proxy/3000", "a=1; Path=/user/we%2Bird@ex.org/proxy/3000")]
    [InlineData("a=1; Path=/user/we%2Bird@ex.org/proxy/30000", "a=1; Path=/user/we%2Bird@ex.org/proxy/3000/user/we%2Bird@ex.org/proxy/30000")]
    [InlineData("a=\"x=y\"; Expires=Wed, 09 Jun 2100 10:18:14 GMT; SameSite=None", "a=\"x=y\"; Expires=Wed, 09 Jun 2100 10:18:14 GMT; SameSite=None")]
    public void A_cookie_is_for_its_place_only(string line, string seen) => Assert.Equal(seen, Stripped.SetCookie(line));

    [Theory]
    [InlineData("a=1; Path=/user/ada/absproxy/5173/x", "a=1; Path=/user/ada/absproxy/5173/x")]
    [InlineData("a=1; Path=/", "a=1; Path=/user/ada/absproxy/5173/")]
    [InlineData("a=1; Path=/user/", "a=1; Path=/user/ada/absproxy/5173/")]
    [InlineData("a=1; Path=/user/ada%2Fabsproxy/5173/", "a=1; Path=/user/ada/absproxy/5173/")]
    public void Also_of_a_server_that_sees_the_whole_path(string line, string seen) => Assert.Equal(seen, Whole.SetCookie(line));

    [Theory]
    [InlineData("=jupyterhub-session-id=1")]
    [InlineData(" =x")]
    [InlineData("jupyterhub-session-id")]
    [InlineData("")]
    public void A_cookie_without_a_name_is_refused(string line) => Assert.Null(Stripped.SetCookie(line));
}
