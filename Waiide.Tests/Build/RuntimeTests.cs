using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;

namespace Waiide.Tests.Build;

/// <summary>The runtime that serves is one without the known holes in what the gateway uses.</summary>
public class RuntimeTests
{
    // 10.0.0 closed CVE-2025-55315 (request smuggling, https://github.com/dotnet/announcements/issues/371), 10.0.7 CVE-2026-40372 (forged cookies, 395),
    // 10.0.9 CVE-2026-45591 (denial of service, 405), 10.0.11 CVE-2026-62899 (request smuggling in HttpListener, 427).
    internal static readonly Version Patched = new(10, 0, 11);

    [Fact]
    public void The_runtime_is_patched() => Assert.True(Environment.Version >= Patched, $".NET {Environment.Version} is older than {Patched}: update the SDK.");

    [Theory]
    [InlineData(typeof(WebApplication))]
    [InlineData(typeof(IDataProtector))]
    public void ASP_NET_Core_is_patched(Type type)
    {
        // .../shared/Microsoft.AspNetCore.App/10.0.12/Microsoft.AspNetCore.dll
        var folder = Path.GetDirectoryName(type.Assembly.Location)!;
        Assert.Equal("Microsoft.AspNetCore.App", Path.GetFileName(Path.GetDirectoryName(folder)));
        var version = Version.Parse(Path.GetFileName(folder));

        Assert.True(version >= Patched, $"ASP.NET Core {version} is older than {Patched}: update the SDK.");
    }
}
