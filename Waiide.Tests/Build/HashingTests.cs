using System.IO.Hashing;
using System.Net;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Waiide.Tests.Support;
using Yarp.ReverseProxy.Configuration;

namespace Waiide.Tests.Build;

/// <summary>YARP binds to System.IO.Hashing by name and version; what it calls must be there and right.</summary>
public class HashingTests
{
    [Theory]
    [InlineData("", "EF46DB3751D8E999")]
    [InlineData("a", "D24EC4F1A98C6E5B")]
    [InlineData("abc", "44BC2CF5AD770999")]
    [InlineData("Nobody inspects the spammish repetition", "FBCEA83C8A378BF1")]
    public void A_hash_is_the_published_one(string text, string expected) =>
        Assert.Equal(expected, Convert.ToHexString(XxHash64.Hash(Encoding.ASCII.GetBytes(text))));

    // The vectors of xxHash's own sanity check, over its own pseudo-random buffer.
    [Theory]
    [InlineData(1, "4FCE394CC88952D8")]
    [InlineData(14, "CFFA8DB881BC3A3D")]
    [InlineData(101, "0EAB543384F878AD")]
    public void A_hash_of_any_length_is_the_published_one(int length, string expected)
    {
        var buffer = new byte[length];
        var seed = 2654435761u;
        for (var n = 0; n < length; n++, seed *= seed)
        {
            buffer[n] = (byte)(seed >> 24);
        }

        Assert.Equal(expected, Convert.ToHexString(XxHash64.Hash(buffer)));
    }

    [Fact]
    public void Everything_that_YARP_calls_is_there_in_the_version_it_asks_for()
    {
        using var file = new PEReader(File.OpenRead(typeof(RouteConfig).Assembly.Location));
        var metadata = file.GetMetadataReader();
        var hashing = typeof(XxHash64).Assembly;
        var reference = metadata.AssemblyReferences.Select(metadata.GetAssemblyReference).Single(it => metadata.GetString(it.Name) == hashing.GetName().Name);
        Assert.True(hashing.GetName().Version >= reference.Version, $"YARP asks for {reference.Version}.");

        var called = metadata.MemberReferences.Select(metadata.GetMemberReference)
            .Where(member => member.Parent.Kind == HandleKind.TypeReference)
            .Select(member => (Type: metadata.GetTypeReference((TypeReferenceHandle)member.Parent), Name: metadata.GetString(member.Name)))
            .Where(member => metadata.GetString(member.Type.Namespace) == "System.IO.Hashing")
            .ToArray();
        Assert.NotEmpty(called);
        Assert.All(called, member => Assert.NotEmpty(hashing.GetType("System.IO.Hashing." + metadata.GetString(member.Type.Name), throwOnError: true)!.GetMember(member.Name)));
    }

    [Fact]
    public async Task A_proxy_with_hashed_cookie_affinity_keeps_a_client_at_its_destination()
    {
        await using var ide = await StubIde.StartAsync();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddReverseProxy().LoadFromMemory(
            [new RouteConfig { RouteId = "all", ClusterId = "ide", Match = new RouteMatch { Path = "/{**rest}" } }],
            [
                new ClusterConfig
                {
                    ClusterId = "ide",
                    SessionAffinity = new SessionAffinityConfig { Enabled = true, Policy = "HashCookie", AffinityKeyName = "affinity" },
                    Destinations = new Dictionary<string, DestinationConfig> { ["one"] = new() { Address = ide.Url.ToString() } },
                },
            ]);
        await using var app = builder.Build();
        app.MapReverseProxy();
        await app.StartAsync();

        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        using var answer = await client.GetAsync(new Uri("/x", UriKind.Relative));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.StartsWith("affinity=", answer.Headers.GetValues("Set-Cookie").Single(), StringComparison.Ordinal);
    }
}
