using System.Buffers;
using System.Text.Json;
using DStream.Core;
using DStream.Hosting;

namespace DStream.Ingester;

/// <summary>Sends a page of changes to the ingest queue, batch after batch, in order.</summary>
internal sealed class PageSender(
    Envelope envelope, TableDescription table, IMessageSender sender, ILease lease, Resilience resilience, IngestMetrics metrics)
{
    private readonly string _tableName = table.Name.ToString();

    /// <summary>The last change of the present page that the queue accepted, and all before it; null while there is none.</summary>
    internal ChangePosition? SentUpTo { get; private set; }

    /// <summary>Sends all of the page or throws; <see cref="SentUpTo"/> tells how far it came.</summary>
    internal async ValueTask SendAsync(ReadOnlyMemory<ChangeEvent> events, CancellationToken cancellationToken)
    {
        SentUpTo = null;
        if (events.IsEmpty) return;
        var sizes = ArrayPool<int>.Shared.Rent(events.Length);
        var operations = ArrayPool<ChangeOperation>.Shared.Rent(events.Length);
        try
        {
            Measure(events.Span, sizes, operations);
            for (var sent = 0; sent < events.Length;)
            {
                var count = BatchCutter.Take(sizes.AsSpan(sent, events.Length - sent), operations.AsSpan(sent, events.Length - sent), sender.Limits);
                if (count < 0) throw TooLarge(events.Span[sent], sizes[sent]);
                await SendBatchAsync(events.Slice(sent, count), cancellationToken);
                sent += count;
                SentUpTo = events.Span[sent - 1].Position;
            }
        }
        finally
        {
            ArrayPool<int>.Shared.Return(sizes);
            ArrayPool<ChangeOperation>.Shared.Return(operations);
        }
    }

    private async ValueTask SendBatchAsync(ReadOnlyMemory<ChangeEvent> events, CancellationToken cancellationToken)
    {
        using var batch = envelope.Write(events.Span);
        await resilience.Send.ExecuteAsync(
            static (state, token) =>
            {
                // I2: asked before every attempt, by the clock, since a process that was suspended learns of the loss only here.
                if (!state.Lease.IsHeld) throw new OwnershipLostException($"The lease of {state.Lease.Name} ran out before a send.");
                return state.Sender.SendAsync(state.Batch.Messages, token);
            },
            (Lease: lease, Sender: sender, Batch: batch),
            cancellationToken);
        long bytes = 0;
        foreach (ref readonly var message in batch.Messages.Span) bytes += message.Body.Length;
        metrics.Sent(_tableName, events.Length, bytes);
    }

    private void Measure(ReadOnlySpan<ChangeEvent> events, int[] sizes, ChangeOperation[] operations)
    {
        for (var i = 0; i < events.Length; i++)
        {
            sizes[i] = envelope.MaxContentBytes(events[i]);
            operations[i] = events[i].Operation;
        }
    }

    private MessageTooLargeException TooLarge(in ChangeEvent change, int contentBytes) => new(
        table.Name, KeyOf(change), change.Position, (long)contentBytes + sender.Limits.FramingBytes, sender.Limits.MaxMessageBytes);

    private string KeyOf(in ChangeEvent change)
    {
        using var row = JsonDocument.Parse(change.Data);
        var key = table.KeyColumns
            .Where(column => row.RootElement.TryGetProperty(column, out _))
            .Select(column => $"\"{column}\":{row.RootElement.GetProperty(column).GetRawText()}");
        return $"{{{string.Join(',', key)}}}";
    }
}
