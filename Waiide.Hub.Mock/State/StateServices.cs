using Microsoft.Data.Sqlite;

namespace Waiide.Hub.Mock.State;

/// <summary>The hub's state, its database, who may do what, and who may sign in at first.</summary>
internal static class StateServices
{
    public static void AddState(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<Store>();
        builder.Services.AddSingleton<HubState>();
        builder.Services.AddSingleton<Roles>();
        builder.Services.AddSingleton<Shares>();
        builder.Services.AddSingleton<Permissions>();
        builder.Services.AddSingleton<ServerGauge>();
        builder.Services.AddHostedService<ActivityKeeper>();
        builder.Services.AddHostedService<FirstStart>();
    }

    /// <summary>Opens the database; one that cannot be had is one sentence and false.</summary>
    public static bool OpenState(this WebApplication app)
    {
        try
        {
            app.Services.GetRequiredService<HubState>();
            return true;
        }
        catch (Exception error) when (error is DatabaseException or SqliteException)
        {
            // The disk may be full, or the file damaged where nobody has looked before.
            var options = app.Services.GetRequiredService<HubOptions>();
            Console.Error.WriteLine((error is SqliteException raw ? Database.Explain(options.Database, raw) : error).Message);
            return false;
        }
    }
}
