using Microsoft.Extensions.Logging.Console;
using Waiide.Gateway.Edge;

namespace Waiide.Gateway;

/// <summary>Puts the options, and what follows from them at once, into the builder.</summary>
internal static class GatewayOptionsExtensions
{
    /// <summary>Reads the environment, takes the data directory, sets the log level; throws <see cref="CannotStartException"/> before anything listens or runs.</summary>
    internal static void AddGatewayOptions(this WebApplicationBuilder builder)
    {
        var options = new GatewayOptionsReader(builder.Configuration).Read();
        options = Listener.WithFreePorts(options);
        var directory = DataDirectory.Open(options.DataDirectory);
        if (options is { Hub: null, AuthIsOff: false, Token: null })
        {
            options = options with { Token = directory.GeneratedToken(), TokenIsGenerated = true };
        }

        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(_ => directory); // Made by a factory, so that the container disposes it: the last thing let go is the lock.
        builder.Services.AddSingleton(TimeProvider.System);

        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss ";
        });
        if (builder.Configuration["Logging:Console:FormatterName"] is { Length: > 0 } formatter)
        {
            builder.Services.Configure<ConsoleLoggerOptions>(console => console.FormatterName = formatter); // Which was read before, and AddSimpleConsole has its own.
        }

        // LOG_LEVEL is about our own messages. Those of the framework tell of requests with their query, where tokens and OAuth codes are.
        builder.Logging.AddFilter(null, options.LogLevel > LogLevel.Warning ? options.LogLevel : LogLevel.Warning);
        builder.Logging.AddFilter("Waiide", options.LogLevel);

        // Both write at every turn what is neither news nor a failure of ours: each request without a session, each probe while the IDE starts.
        builder.Logging.AddFilter("Waiide.Gateway.Auth.GatewayHandler", LogLevel.Warning);
        builder.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.Critical);

        // "No XML encryptor configured": the key ring lies in a directory that only its user can read, which is the encryption at hand.
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
    }

    /// <summary>The options while services are still being added.</summary>
    internal static GatewayOptions Options(this IHostApplicationBuilder builder) =>
        (GatewayOptions)builder.Services.Single(service => service.ServiceType == typeof(GatewayOptions)).ImplementationInstance!;
}
