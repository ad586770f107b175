using DStream.Core;
using DStream.Hosting;
using DStream.InMemory;
using DStream.Ingester;
using DStream.Sandbox;
using DStream.ServiceBus.Sending;
using DStream.SqlServer;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace DStream.Benchmarks.Ingest;

/// <summary>The product's own way of a table's rows, composed of its parts as the worker composes them.</summary>
internal sealed class IngestPath : IAsyncDisposable
{
    internal const string Queue = "ingest-queue";

    private readonly SqlServerChangeSource _source;
    private readonly SqlServerCheckpointStore _checkpoints;
    private readonly IMessageSender _sender;
    private readonly InMemoryLeaseProvider _leases = new();
    private readonly Resilience _resilience = new(TimeProvider.System, NullLoggerFactory.Instance);
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().AddSingleton<IngestMetrics>().BuildServiceProvider();
    private int _round;

    internal IngestPath(SandboxConnections connections, IMessageSender sender)
    {
        var options = new SqlServerSourceOptions { ConnectionString = connections.Database };
        _source = new SqlServerChangeSource(options, TimeProvider.System, NullLogger<SqlServerChangeSource>.Instance);
        _checkpoints = new SqlServerCheckpointStore(
            new SqlServerCheckpointOptions { ConnectionString = connections.Database }, TimeProvider.System, NullLogger<SqlServerCheckpointStore>.Instance);
        _sender = sender;
    }

    /// <summary>Reads, encodes, sends and saves all rows, from the beginning and under a checkpoint of its own.</summary>
    internal async Task DrainAsync(CancellationToken cancellationToken)
    {
        var table = new SourceTable("benchmark", $"round {_round++}", BenchmarkTable.Name);
        await using var lease = await _leases.TryAcquireAsync(table.ToString(), cancellationToken) ?? throw new InvalidOperationException("No lease.");
        await using var reader = await _source.OpenAsync(BenchmarkTable.Name, cancellationToken);
        var checkpoint = await _checkpoints.BeginEpochAsync(table, "benchmark", cancellationToken);
        var writer = new CheckpointWriter(_checkpoints, table, checkpoint.Epoch, null, TimeSpan.FromMinutes(1), lease, _resilience, TimeProvider.System);
        var start = ChangePosition.Before(reader.Table.LowLsn);
        var metrics = _services.GetRequiredService<IngestMetrics>();
        var watcher = new LsnWatcher(_source, TimeSpan.FromSeconds(1), TimeProvider.System, NullLogger<LsnWatcher>.Instance);
        await watcher.LookAsync(cancellationToken);
        using var caughtUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var loop = new IngestLoop(
            reader, writer, new PageSender(EnvelopeOf(table), reader.Table, _sender, lease, _resilience, metrics),
            new TableWatch(reader.Table, TimeSpan.FromSeconds(1), start), watcher, new PollingSchedule(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1)),
            new BatchSizer(Configuration.IngesterConfig.DefaultMaxPageBytes), TimeProvider.System, metrics)
        {
            // The last page ends at the max LSN; the loop would wait for more.
            Progressed = position => { if (position.IsEndOfTransaction) caughtUp.Cancel(); },
        };
        await loop.RunAsync(start, caughtUp.Token, cancellationToken);
    }

    internal async Task<TableDescription> DescribeAsync(CancellationToken cancellationToken)
    {
        await using var reader = await _source.OpenAsync(BenchmarkTable.Name, cancellationToken);
        return reader.Table;
    }

    /// <summary>Every message of the table as the transport encodes it, cut as the product cuts.</summary>
    internal async Task<EncodedMessages> EncodeAllAsync(CancellationToken cancellationToken)
    {
        await using var reader = await _source.OpenAsync(BenchmarkTable.Name, cancellationToken);
        var envelope = EnvelopeOf(new SourceTable("benchmark", "encode", BenchmarkTable.Name));
        var upTo = await _source.GetMaxLsnAsync(cancellationToken);
        var sizer = new BatchSizer(Configuration.IngesterConfig.DefaultMaxPageBytes);
        var batches = new List<OutboundMessage[]>();
        var (position, more, rows, bytes) = (ChangePosition.Before(reader.Table.LowLsn), true, 0, 0L);
        while (more)
        {
            using var page = await reader.ReadAsync(position, upTo, sizer.Next, cancellationToken);
            sizer.Observe(page.Events.Length, page.DataBytes);
            for (var sent = 0; sent < page.Events.Length;)
            {
                var batch = Encode(envelope, page.Events.Span[sent..]);
                batches.Add(batch);
                sent += batch.Length;
                rows += batch.Length;
                bytes += batch.Sum(static message => (long)message.Encoded.Length);
            }

            (position, more) = (page.Next, page.HasMore);
        }

        return new EncodedMessages(batches, rows, bytes);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _source.DisposeAsync();
    }

    private static Envelope EnvelopeOf(SourceTable table) => new(table, "server.testdb.rows.events", Queue);

    private OutboundMessage[] Encode(Envelope envelope, ReadOnlySpan<ChangeEvent> events)
    {
        var sizes = new int[events.Length];
        for (var i = 0; i < sizes.Length; i++) sizes[i] = envelope.MaxContentBytes(events[i]);
        var count = BatchCutter.Take(sizes, default, _sender.Limits);
        using var batch = envelope.Write(events[..count]);
        var encoded = new OutboundMessage[count];
        for (var i = 0; i < count; i++)
        {
            var message = batch.Messages.Span.Slice(i, 1);
            var buffer = new byte[MessageEncoder.Bound(message)];
            var written = MessageEncoder.Write(buffer, message);
            encoded[i] = new OutboundMessage(message[0].MessageId.ToArray(), message[0].SessionId, null, default, null, default) { Encoded = buffer.AsMemory(0, written) };
        }

        return encoded;
    }
}
