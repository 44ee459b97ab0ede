namespace Waiide.Hub.Mock.State;

/// <summary>The hub's state, its database, and who may sign in at first.</summary>
internal static class StateServices
{
    public static void AddState(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<Store>();
        builder.Services.AddSingleton<HubState>();
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
        catch (DatabaseException error)
        {
            Console.Error.WriteLine(error.Message);
            return false;
        }
    }
}
