using Azure.Messaging.EventHubs.Consumer;
using DStream.Core;
using DStream.Sandbox.Verification;

namespace DStream.EndToEnd.Tests;

/// <summary>Reads an event hub with the official SDK, as any consumer of it would: every partition, and each event once by its message id.</summary>
internal sealed class HubConsumer(string connectionString, string hub)
{
    private readonly HashSet<string> _seen = [];

    /// <summary>Events that had been read before, by their message id: what a hub does not drop.</summary>
    public int Copies { get; private set; }

    /// <summary>Reads until cancelled.</summary>
    public async Task RunAsync(DeliveredLog log, CancellationToken cancellationToken)
    {
        await using var consumer = new EventHubConsumerClient(EventHubConsumerClient.DefaultConsumerGroupName, connectionString, hub);
        try
        {
            var partitions = await consumer.GetPartitionIdsAsync(cancellationToken);
            await Task.WhenAll(partitions.Select(partition => ReadAsync(consumer, partition, log, cancellationToken)));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Seen enough.
        }
    }

    private async Task ReadAsync(EventHubConsumerClient consumer, string partition, DeliveredLog log, CancellationToken cancellationToken)
    {
        await foreach (var received in consumer.ReadEventsFromPartitionAsync(partition, EventPosition.Earliest, cancellationToken))
        {
            var change = DeliveredChange.Parse(received.Data.EventBody.ToMemory());
            lock (_seen)
            {
                if (_seen.Add(received.Data.MessageId)) log.Add(received.Data.SequenceNumber, change);
                else Copies++;
            }
        }
    }
}
