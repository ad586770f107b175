using DStream.Configuration;
using DStream.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Serilog;
using Serilog.Extensions.Logging;
using ILogger = Microsoft.Extensions.Logging.ILogger;

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
        await using var serilog = SerilogSetup.CreateLogger(arguments);
        using var loggers = new SerilogLoggerFactory(serilog);
        var log = loggers.CreateLogger("DStream");
        try
        {
            var loaded = ConfigLoader.Load(arguments.ConfigPath, ProviderCatalog.Known, roles: role);
            if (!loaded.IsValid)
            {
                foreach (var error in loaded.Errors) await Console.Error.WriteLineAsync(error.ToString());
                return ExitCodes.Configuration;
            }

            var host = Build(services =>
            {
                services.AddSerilog(serilog);
                addServices(services, loaded.Config);
            });
            return await RunAsync(host, log);
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

    /// <summary>Starts the host, runs it until it is told to stop, stops and closes it; the host is of no use afterwards.</summary>
    internal static async Task<int> RunAsync(IHost host, ILogger log)
    {
        try
        {
            var stopping = host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
            var workers = host.Services.GetServices<IHostedService>().OfType<BackgroundService>().ToList();
            try
            {
                await host.StartAsync();
                await host.WaitForShutdownAsync();
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                // Told to stop while it still waited for a server: nothing was begun, so nothing is left undone.
                await host.StopAsync();
            }

            return Judge(workers, log);
        }
        finally
        {
            await CloseAsync(host, log);
        }
    }

    /// <summary>The host itself ends in the same way whether its workers ended well, failed, or did not end at all.</summary>
    private static int Judge(IReadOnlyList<BackgroundService> workers, ILogger log)
    {
        foreach (var worker in workers)
        {
            if (worker.ExecuteTask is null or { IsCompletedSuccessfully: true } or { IsCanceled: true }) continue;
            if (worker.ExecuteTask.Exception is { } defect) Log.Defect(log, defect.GetBaseException());
            else Log.NotStopped(log, worker.GetType().Name);
            return ExitCodes.Software;
        }

        return ExitCodes.Success;
    }

    private static async Task CloseAsync(IHost host, ILogger log)
    {
        try
        {
            await ((IAsyncDisposable)host).DisposeAsync().AsTask().WaitAsync(GracefulWork.CloseTimeout, TimeProvider.System);
        }
        catch (Exception problem) when (problem is TimeoutException or ProviderException)
        {
            // Positions are saved and leases are released by now: a server that does not answer a goodbye keeps nobody waiting.
            Log.NotClosed(log, problem.Message);
        }
    }

    /// <summary>A host with DStream's shutdown rules and no other defaults: no appsettings files, no environment of the framework.</summary>
    public static IHost Build(Action<IServiceCollection> addServices)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.Configure<HostOptions>(options =>
        {
            options.ShutdownTimeout = GracefulWork.ShutdownTimeout - GracefulWork.CloseTimeout;
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
