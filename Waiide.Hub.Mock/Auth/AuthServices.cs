namespace Waiide.Hub.Mock.Auth;

/// <summary>The services that know who is there.</summary>
internal static class AuthServices
{
    public static void AddAuth(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<Authenticator>();
        builder.Services.AddSingleton<LoginThrottle>();
        builder.Services.AddSingleton<Sessions>();
        builder.Services.AddSingleton<Xsrf>();
        builder.Services.AddSingleton<Callers>();
        builder.Services.AddSingleton<Administrators>();
    }
}
