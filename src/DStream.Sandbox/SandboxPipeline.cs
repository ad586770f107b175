using DStream.Configuration;
using DStream.Hosting;
using DStream.Sandbox.Verification;
using DStream.Sandbox.Workloads;
using DStream.ServiceBus;
using Microsoft.Extensions.Logging.Abstractions;

namespace DStream.Sandbox;

/// <summary>Both hosts between the servers, a workload before them and consumers behind them.</summary>
public sealed class SandboxPipeline : IAsyncDisposable
{
    /// <summary>How long nothing may arrive before what is missing counts as lost.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Workload _workload;
    private readonly SandboxFile _file;
    private readonly ServiceBusNamespace _bus;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _consuming = new();
    private Task _consumers = Task.CompletedTask;

    private SandboxPipeline(
        SandboxServers servers, IReadOnlyList<SandboxTable> tables, SandboxFile file, MemoryProviders memory, LogLevel level, bool verify, int seed, TimeProvider time)
    {
        _workload = new Workload(servers.Connections.Database, tables, seed, time);
        _file = file;
        _time = time;
        Tables = tables;
        Config = SandboxConfiguration.Load(file.Path, servers.Connections);
        Hosts = new SandboxHosts(Config, memory, level);
        Committed = new CommittedLog(verify);
        Delivered = new DeliveredLog(verify);
        _bus = new ServiceBusNamespace(ServiceBusOptions.For(servers.Connections.ServiceBus), time, NullLogger<ServiceBusNamespace>.Instance);
    }

    public IReadOnlyList<SandboxTable> Tables { get; }

    public DStreamConfig Config { get; }

    public SandboxHosts Hosts { get; }

    public CommittedLog Committed { get; }

    public DeliveredLog Delivered { get; }

    /// <summary>Creates the tables, writes the configuration and starts both hosts and the consumers.</summary>
    /// <param name="servers">The servers.</param>
    /// <param name="tables">The workload's tables.</param>
    /// <param name="configuration">Text of the dstream.hcl.</param>
    /// <param name="memory">What <c>type = "memory"</c> stands for.</param>
    /// <param name="level">Least level of the hosts' log.</param>
    /// <param name="verify">Whether to keep what is needed to compare.</param>
    /// <param name="seed">Seed of the workload.</param>
    /// <param name="onDelivered">Gets each message too; may be null.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    public static async Task<SandboxPipeline> StartAsync(
        SandboxServers servers, IReadOnlyList<SandboxTable> tables, string configuration, MemoryProviders memory, LogLevel level, bool verify, int seed,
        Action<Core.ReceivedMessage, DeliveredChange>? onDelivered, TimeProvider time, CancellationToken cancellationToken)
    {
        await Workload.CreateDatabaseAsync(servers.ServerConnectionString, SandboxServers.Database, tables, cancellationToken);
        var pipeline = new SandboxPipeline(servers, tables, SandboxFile.Write(configuration), memory, level, verify, seed, time);
        try
        {
            // The router first: it creates the topics and their subscriptions, which the consumers then find.
            await pipeline.Hosts.StartRouterAsync(cancellationToken);
            await pipeline.Hosts.StartIngesterAsync(cancellationToken);
            pipeline._consumers = pipeline.ConsumeAsync(onDelivered);
            return pipeline;
        }
        catch
        {
            await pipeline.DisposeAsync();
            throw;
        }
    }

    /// <summary>Commits that many changes, or runs until cancelled.</summary>
    public Task CommitAsync(int? changes, double rate, CancellationToken cancellationToken) =>
        _workload.RunAsync(Committed, changes, rate, cancellationToken);

    /// <summary>Waits until everything that was committed has arrived, or until nothing has arrived for a while.</summary>
    public async Task WaitForDeliveryAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100), _time);
        var last = Delivered.Count;
        var lastArrival = _time.GetTimestamp();
        while (Delivered.Count < Committed.Count && _time.GetElapsedTime(lastArrival) < Patience && await timer.WaitForNextTickAsync(cancellationToken))
        {
            if (Delivered.Count == last) continue;
            last = Delivered.Count;
            lastArrival = _time.GetTimestamp();
        }

        // Whatever comes too often comes now.
        await Task.Delay(TimeSpan.FromSeconds(1), _time, cancellationToken);
    }

    /// <summary>Compares what was committed with what has arrived.</summary>
    public Verdict Verify() => Verifier.Compare(Tables, Committed, Delivered);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _consuming.CancelAsync();
        await _consumers;
        await Hosts.DisposeAsync();
        await _bus.DisposeAsync();
        _file.Dispose();
        _consuming.Dispose();
    }

    private Task ConsumeAsync(Action<Core.ReceivedMessage, DeliveredChange>? onDelivered)
    {
        var output = Config.Router!.Output;
        return Task.WhenAll(Config.Router.Destinations
            .Select(topic => new TopicConsumer(token => _bus.OpenSubscriptionReceiverAsync(topic, output.Subscription, deadLetter: false, token), _time))
            .Select(consumer => consumer.RunAsync(
                (message, change) =>
                {
                    Delivered.Add(message.SequenceNumber, change);
                    onDelivered?.Invoke(message, change);
                },
                _consuming.Token)));
    }
}
