using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.DataProtection;

namespace Waiide.Gateway.Auth;

/// <summary>Who may do what: nobody anything, unless signed in with access to this server; the exceptions are written at their endpoints.</summary>
internal static class GatewayAuth
{
    internal static void AddGatewayAuth(this WebApplicationBuilder builder)
    {
        var options = builder.Options();
        var services = builder.Services;

        // The keys outlive the process: a restarted gateway knows its sessions.
        services.AddDataProtection()
            .SetApplicationName("Waiide")
            .PersistKeysToFileSystem(new DirectoryInfo(Path.Combine(options.DataDirectory, "keys")));
        KeyRing.Add(services);
        services.AddSingleton<Cookies>();
        services.AddSingleton<SignedOut>();
        services.AddSingleton<Sessions>();
        services.AddSingleton<Strangers>();
        services.AddSingleton<TokenCache>();
        services.AddSingleton<HubAccess>();
        services.AddSingleton<KnownVisitors>();
        services.AddSingleton<Guesses>();
        services.AddSingleton<Spelling>();
        services.AddStandingWatch();
        services.AddSingleton<Login>();
        services.AddSingleton<Logout>();
        if (options.Hub is not null)
        {
            services.AddSingleton<HubLogin>();
        }
        else
        {
            services.AddSingleton<Devices>();
            services.AddSingleton<TokenLogin>();
        }

        services.AddAuthentication(GatewayHandler.SchemeName).AddScheme<AuthenticationSchemeOptions, GatewayHandler>(GatewayHandler.SchemeName, null);
        Access.AddPolicies(services.AddAuthorizationBuilder());
    }

    internal static void MapAuth(this WebApplication app)
    {
        var group = app.MapGroup("").AllowAnonymous().WithMetadata(AsksWhoItIs.Mark);
        string[] getOrHead = [HttpMethods.Get, HttpMethods.Head];
        group.MapMethods("/logout", getOrHead, app.Services.GetRequiredService<Logout>().Get);
        if (app.Services.GetRequiredService<GatewayOptions>().Hub is not null)
        {
            group.MapGet("/oauth_callback", (HttpContext context, HubLogin hub) => hub.ReturnAsync(context));
        }
        else
        {
            group.MapMethods("/login", getOrHead, (HttpContext context, TokenLogin login) => login.GetAsync(context));
            group.MapPost("/login", (HttpContext context, TokenLogin login) => login.PostAsync(context)).WithMetadata(new LongestBody(16 * 1024));
        }
    }
}
