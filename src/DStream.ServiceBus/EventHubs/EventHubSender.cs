using DStream.Core;
using DStream.ServiceBus.Sending;

namespace DStream.ServiceBus.EventHubs;

/// <summary>
/// Sends to an event hub. Messages of one session go to one partition, which keeps their order: the session id is the partition key. A hub takes
/// one key a batch, so that a send over several sessions is several batches, one after the other.
/// </summary>
internal sealed class EventHubSender(ServiceBusSender sender) : IMessageSender
{
    /// <inheritdoc/>
    public SendLimits Limits { get; } = sender.Limits with { FramingBytes = sender.Limits.FramingBytes + MessageEncoder.PartitionKeyBytes };

    /// <inheritdoc/>
    public async ValueTask SendAsync(ReadOnlyMemory<OutboundMessage> messages, CancellationToken cancellationToken)
    {
        for (var start = 0; start < messages.Length;)
        {
            var rest = messages[start..];
            var batch = rest[..RunLength(rest.Span)];
            await sender.SendAsync(batch, batch.Span[0].SessionId, cancellationToken).ConfigureAwait(false);
            start += batch.Length;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => sender.DisposeAsync();

    private static int RunLength(ReadOnlySpan<OutboundMessage> messages)
    {
        var length = 1;
        while (length < messages.Length && messages[length].SessionId == messages[0].SessionId) length++;
        return length;
    }
}
