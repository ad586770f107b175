using DStream.Configuration;
using DStream.Hosting;
using DStream.Ingester;
using DStream.Router;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace DStream.Sandbox;

/// <summary>Both hosts, composed as their own programs compose them, in this process; each can be stopped and started again.</summary>
/// <param name="config">For both.</param>
/// <param name="memory">What <c>type = "memory"</c> stands for; shared by all hosts that should see each other.</param>
/// <param name="logLevel">Least level that the hosts write.</param>
/// <param name="logTo">Takes what they write; null for the console.</param>
public sealed class SandboxHosts(DStreamConfig config, MemoryProviders memory, LogLevel logLevel, ILoggerProvider? logTo = null) : IAsyncDisposable
{
    private IHost? _ingester;
    private IHost? _router;

    /// <summary>The status of the tables, while the ingester runs.</summary>
    public TableStatusBoard? Tables => _ingester?.Services.GetRequiredService<TableStatusBoard>();

    public Task StartIngesterAsync(CancellationToken cancellationToken)
    {
        _ingester = Build(services => services.AddIngester(config.Ingester!));
        return _ingester.StartAsync(cancellationToken);
    }

    public Task StartRouterAsync(CancellationToken cancellationToken)
    {
        _router = Build(services => services.AddRouter(config.Router!));
        return _router.StartAsync(cancellationToken);
    }

    /// <summary>Stops the ingester as SIGTERM does.</summary>
    public async Task StopIngesterAsync()
    {
        await StopAsync(_ingester);
        _ingester = null;
    }

    /// <summary>Stops the router as SIGTERM does.</summary>
    public async Task StopRouterAsync()
    {
        await StopAsync(_router);
        _router = null;
    }

    /// <summary>Stops both.</summary>
    public async Task StopAsync()
    {
        await StopIngesterAsync();
        await StopRouterAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await StopAsync();

    private static async Task StopAsync(IHost? host)
    {
        if (host is null) return;
        await host.StopAsync(CancellationToken.None);
        await ((IAsyncDisposable)host).DisposeAsync();
    }

    private IHost Build(Action<IServiceCollection> addHost) => HostProgram.Build(services =>
    {
        services.AddSingleton(memory);
        services.AddLogging(logging =>
        {

            // As in the programs: the framework writes a stack trace where the start is cancelled.
            logging.SetMinimumLevel(logLevel).AddFilter("Microsoft", LogLevel.Warning).AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
            if (logTo is not null) logging.AddProvider(logTo);
            else AddConsole(logging);
        });
        addHost(services);
    });

    private static void AddConsole(ILoggingBuilder logging) => logging.AddSimpleConsole(console =>
    {
        console.SingleLine = true;
        console.TimestampFormat = "HH:mm:ss.fff ";
    });
}
