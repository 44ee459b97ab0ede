namespace Waiide.Gateway.Activity;

/// <summary>Puts the knowledge of use into the builder, and its reports where a hub wants them.</summary>
internal static class ActivityExtensions
{
    internal static void AddActivity(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<LastActivity>();
        if (builder.Options().Hub?.ActivityUrl is not null)
        {
            builder.Services.AddHostedService<ActivityReports>();
        }
    }
}
