using System.Diagnostics;

namespace Waiide.Tests.Support;

/// <summary>Home directories in which Chromium finds an authority that the user trusts.</summary>
internal static class TrustingHome
{
    public static async Task<TempDirectory> OfAsync(string authority)
    {
        var home = new TempDirectory();
        var store = Directory.CreateDirectory(Path.Combine(home.Path, ".pki", "nssdb")).FullName;
        await Certutil("-d", "sql:" + store, "-N", "--empty-password");
        await Certutil("-d", "sql:" + store, "-A", "-t", "C,,", "-n", "development", "-i", authority);
        return home;
    }

    private static async Task Certutil(params string[] arguments)
    {
        using var certutil = Process.Start("certutil", arguments)!;
        await certutil.WaitForExitAsync();
        Assert.Equal(0, certutil.ExitCode);
    }
}
