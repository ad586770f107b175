using DStream.Configuration;
using DStream.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Serilog;

namespace DStream.Hosting;

/// <summary>The way of a host from its command line to its exit code.</summary>
public static class HostProgram
{
    /// <summary>Reads the command line and the configuration, runs the host until it is told to stop, and returns the exit code.</summary>
    /// <param name="description">What <c>--help</c> says the program is.</param>
    /// <param name="args">The command line.</param>
    /// <param name="role">Which blocks of the configuration the host needs.</param>
    /// <param name="addServices">Registers the host's workers.</param>
    public static Task<int> RunAsync(
        string description, string[] args, ConfigRoles role, Action<IServiceCollection, DStreamConfig> addServices) =>
        HostCommand.RunAsync(description, args, arguments => RunAsync(arguments, role, addServices));

    private static async Task<int> RunAsync(HostArguments arguments, ConfigRoles role, Action<IServiceCollection, DStreamConfig> addServices)
    {
        var loaded = ConfigLoader.Load(arguments.ConfigPath, ProviderCatalog.Known, roles: role);
        if (!loaded.IsValid)
        {
            foreach (var error in loaded.Errors) await Console.Error.WriteLineAsync(error.ToString());
            return ExitCodes.Configuration;
        }

        await using var serilog = SerilogSetup.CreateLogger(arguments);
        var host = Build(services =>
        {
            services.AddSerilog(serilog);
            addServices(services, loaded.Config);
        });
        await using var disposal = (IAsyncDisposable)host;
        var log = host.Services.GetRequiredService<ILoggerFactory>().CreateLogger("DStream");
        try
        {
            await host.RunAsync();
            return ExitCodes.Success;
        }
        catch (OperationCanceledException) when (host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested)
        {
            return ExitCodes.Success;
        }
        catch (ProviderException unavailable)
        {
            Log.CannotStart(log, unavailable.Message);
            return ExitCodes.Unavailable;
        }
        catch (Exception defect)
        {
            Log.Defect(log, defect);
            return ExitCodes.Software;
        }
    }

    /// <summary>A host with DStream's shutdown rules and no other defaults: no appsettings files, no environment of the framework.</summary>
    public static IHost Build(Action<IServiceCollection> addServices)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.Configure<HostOptions>(options =>
        {
            options.ShutdownTimeout = GracefulWork.ShutdownTimeout;
            options.ServicesStartConcurrently = true;
            options.ServicesStopConcurrently = true;
        });
        builder.Services.Configure<ConsoleLifetimeOptions>(options => options.SuppressStatusMessages = true);
        builder.Services.AddLogging();
        builder.Services.AddMetrics();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<ProviderCatalog>();
        builder.Services.AddSingleton<Resilience>();
        builder.Services.AddSingleton<TableStatusBoard>();
        addServices(builder.Services);
        return builder.Build();
    }
}
