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
    private readonly Func<string, CancellationToken, ValueTask<Core.IMessageReceiver>>? _openTopic;
    private readonly CancellationTokenSource _consuming = new();
    private Task _consumers = Task.CompletedTask;

    private SandboxPipeline(SandboxConnections connections, SandboxFile file, SandboxPlan plan, TimeProvider time)
    {
        _workload = new Workload(connections.Database, plan.Tables, plan.Seed, time) { SwapsKeys = plan.SwapsKeys };
        _file = file;
        _time = time;
        _openTopic = plan.OpenTopic;
        Tables = plan.Tables;
        Config = SandboxConfiguration.Load(file.Path, connections);
        Hosts = new SandboxHosts(Config, plan.Memory ?? new MemoryProviders(time), plan.LogLevel, plan.LogTo);
        Committed = new CommittedLog(plan.Verify);
        Delivered = new DeliveredLog(plan.Verify);
        _bus = new ServiceBusNamespace(ServiceBusOptions.For(connections.ServiceBus), time, NullLogger<ServiceBusNamespace>.Instance);
    }

    public IReadOnlyList<SandboxTable> Tables { get; }

    public DStreamConfig Config { get; }

    /// <summary>Where the dstream.hcl is.</summary>
    public string ConfigurationPath => _file.Path;

    public SandboxHosts Hosts { get; }

    public CommittedLog Committed { get; }

    public DeliveredLog Delivered { get; }

    /// <summary>Creates the database with its tables, writes the configuration and starts both hosts and the consumers.</summary>
    public static async Task<SandboxPipeline> StartAsync(
        SandboxConnections connections, SandboxPlan plan, Action<Core.ReceivedMessage, DeliveredChange>? onDelivered, TimeProvider time, CancellationToken cancellationToken)
    {
        var pipeline = await PrepareAsync(connections, plan, time, cancellationToken);
        try
        {
            // The router first: it creates the topics and their subscriptions, which the consumers then find.
            await pipeline.Hosts.StartRouterAsync(cancellationToken);
            await pipeline.Hosts.StartIngesterAsync(cancellationToken);
            pipeline.Consume(onDelivered);
            return pipeline;
        }
        catch
        {
            await pipeline.DisposeAsync();
            throw;
        }
    }

    /// <summary>Creates the database with its tables and writes the configuration; hosts and consumers are the caller's to start.</summary>
    public static async Task<SandboxPipeline> PrepareAsync(
        SandboxConnections connections, SandboxPlan plan, TimeProvider time, CancellationToken cancellationToken)
    {
        await Workload.CreateDatabaseAsync(connections.Database, plan.Tables, cancellationToken);
        return new SandboxPipeline(connections, SandboxFile.Write(plan.Configuration), plan, time);
    }

    /// <summary>Starts the consumers of the workload's tables; they wait for topics that are not there yet.</summary>
    /// <param name="onDelivered">Gets each message too; may be null.</param>
    public void Consume(Action<Core.ReceivedMessage, DeliveredChange>? onDelivered)
    {
        var firsts = _openTopic is null ? null : new FirstDeliveries();
        var open = _openTopic ?? ((topic, token) => _bus.OpenSubscriptionReceiverAsync(topic, Config.Router!.Output.Subscription, deadLetter: false, token));
        var topics = Config.Ingester!.Tables.Where(table => Tables.Any(known => known.Name == table.Name)).Select(static table => table.Destination);
        _consumers = Task.WhenAll(topics
            .Select(topic => new TopicConsumer(token => open(topic, token), _time))
            .Select(consumer => consumer.RunAsync(
                (message, change) =>
                {
                    Delivered.Add(firsts?.NumberOf(message.MessageId) ?? message.SequenceNumber, change);
                    onDelivered?.Invoke(message, change);
                },
                _consuming.Token)));
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
}
