using DStream.Configuration;
using DStream.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace DStream.Hosting.Tests;

public sealed class HostProgramTests
{
    private const string RouterFile =
        """router { source { type = "memory" }, output { type = "memory" }, destinations = ["s.d.t.events"] }""";

    [Fact]
    public async Task RunAsync_ToldToStop_IsSuccess()
    {
        var code = await RunAsync(services => services.AddHostedService(provider => new Worker(async stopping =>
        {
            provider.GetRequiredService<IHostApplicationLifetime>().StopApplication();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stopping);
        })));

        Assert.Equal(ExitCodes.Success, code);
    }

    [Fact]
    public async Task RunAsync_ToldToStopWhileStarting_IsSuccess()
    {
        var starting = new Starting(async (provider, token) =>
        {
            provider.GetRequiredService<IHostApplicationLifetime>().StopApplication();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
        });

        var code = await RunAsync(services => AddStarting(services, starting));

        Assert.Equal(ExitCodes.Success, code);
        Assert.True(starting.IsStopped);
    }

    [Fact]
    public async Task RunAsync_WorkerFails_IsADefect()
    {
        var code = await RunAsync(services => services.AddHostedService(_ => new Worker(async _ =>
        {
            await Task.Yield();
            throw new InvalidOperationException("defect");
        })));

        Assert.Equal(ExitCodes.Software, code);
    }

    [Fact]
    public async Task RunAsync_WorkerDoesNotEnd_IsNotSuccess()
    {
        var never = new TaskCompletionSource();

        var code = await RunAsync(services =>
        {
            services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromMilliseconds(50));
            services.AddHostedService(provider => new Worker(_ =>
            {
                provider.GetRequiredService<IHostApplicationLifetime>().StopApplication();
                return never.Task;
            }));
        });

        Assert.Equal(ExitCodes.Software, code);
    }

    [Fact]
    public async Task RunAsync_ConnectionDoesNotClose_IsNotWaitedFor()
    {
        var never = new TaskCompletionSource();

        var code = await RunAsync(services =>
        {
            services.AddSingleton(_ => new Closing(never.Task));
            services.AddHostedService(provider => new Worker(_ =>
            {
                provider.GetRequiredService<Closing>();
                provider.GetRequiredService<IHostApplicationLifetime>().StopApplication();
                return Task.CompletedTask;
            }));
        });

        Assert.Equal(ExitCodes.Success, code);
    }

    [Theory]
    [InlineData(false, ExitCodes.Unavailable)]
    [InlineData(true, ExitCodes.Software)]
    public async Task RunAsync_StartFails_TellsWhoseFaultItIs(bool isDefect, int expected)
    {
        Exception failure = isDefect ? new InvalidOperationException("defect") : new ProviderException("no such queue", isTransient: false);

        var code = await RunFileAsync(RouterFile, services => AddStarting(services, new Starting((_, _) => Task.FromException(failure))));

        Assert.Equal(expected, code);
    }

    [Fact]
    public async Task RunAsync_CompositionFails_IsADefect() =>
        Assert.Equal(ExitCodes.Software, await RunFileAsync(RouterFile, static _ => throw new InvalidOperationException("defect")));

    [Fact]
    public async Task RunAsync_ConfigurationMissing_IsAConfigurationError()
    {
        var code = await HostProgram.RunAsync("A host.", ["--config", "/nowhere/at/all.hcl"], ConfigRoles.Router, static (_, _) => { });

        Assert.Equal(ExitCodes.Configuration, code);
    }

    [Fact]
    public async Task Build_Host_StopsInsideOfTwentySeconds()
    {
        using var host = HostProgram.Build(static _ => { });

        var timeout = host.Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<HostOptions>>().Value.ShutdownTimeout;

        Assert.Equal(GracefulWork.ShutdownTimeout, timeout + GracefulWork.CloseTimeout);
        Assert.True(GracefulWork.Grace < timeout);
        await Task.CompletedTask;
    }

    private static Task<int> RunAsync(Action<IServiceCollection> addServices) =>
        HostProgram.RunAsync(HostProgram.Build(addServices), NullLogger.Instance);

    private static async Task<int> RunFileAsync(string text, Action<IServiceCollection> addServices)
    {
        var path = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(path, text.Replace(", ", "\n", StringComparison.Ordinal), TestContext.Current.CancellationToken);
            return await HostProgram.RunAsync(
                "A host.", ["--config", path, "--log-level", "error"], ConfigRoles.Router, (services, _) => addServices(services));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static void AddStarting(IServiceCollection services, Starting starting) => services.AddSingleton<IHostedService>(provider =>
    {
        starting.Services = provider;
        return starting;
    });

    private sealed class Worker(Func<CancellationToken, Task> run) : BackgroundService
    {
        protected override Task ExecuteAsync(CancellationToken stoppingToken) => run(stoppingToken);
    }

    private sealed class Closing(Task closed) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await closed;
    }

    private sealed class Starting(Func<IServiceProvider, CancellationToken, Task> start) : IHostedLifecycleService
    {
        public IServiceProvider Services { get; set; } = null!;

        public bool IsStopped { get; private set; }

        public Task StartingAsync(CancellationToken cancellationToken) => start(Services, cancellationToken);

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken)
        {
            IsStopped = true;
            return Task.CompletedTask;
        }
    }
}
