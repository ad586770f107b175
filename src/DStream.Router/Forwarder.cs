using DStream.Core;
using DStream.Hosting;

namespace DStream.Router;

/// <summary>
/// Forwards what was received from one session, in order: runs of messages with the same destination go in batches, and each batch is
/// completed after its topic accepted it (I1). What can never be forwarded is dead-lettered with the reason.
/// </summary>
internal sealed class Forwarder(TopicSenders topics, Resilience resilience, RouteMetrics metrics, ILogger<Forwarder> log)
{
    internal async ValueTask ForwardAsync(IMessageReceiver session, IReadOnlyList<ReceivedMessage> messages, CancellationToken cancellationToken)
    {
        for (var i = 0; i < messages.Count;)
        {
            if (messages[i].Destination is not { Length: > 0 } destination)
            {
                await DeadLetterAsync(
                    session, messages[i++], "Unreadable",
                    "The message has no application property 'Destination' that is text, so it is not one of DStream's. "
                    + "Find its sender; the ingest queue is for DStream's ingester alone.",
                    cancellationToken);
            }
            else if (!topics.TryGet(destination, out var topic))
            {
                await DeadLetterAsync(
                    session, messages[i++], "UnknownDestination",
                    $"No table of this router's configuration has the destination '{destination}'. "
                    + "Add the table to 'tables', restart the router and replay the message.",
                    cancellationToken);
            }
            else
            {
                var end = i + 1;
                while (end < messages.Count && string.Equals(messages[end].Destination, destination, StringComparison.OrdinalIgnoreCase)) end++;
                await ForwardRunAsync(session, topic, messages, i, end, cancellationToken);
                i = end;
            }
        }
    }

    private async ValueTask ForwardRunAsync(
        IMessageReceiver session, TopicSender topic, IReadOnlyList<ReceivedMessage> messages, int start, int end, CancellationToken cancellationToken)
    {
        var sender = await resilience.Send.ExecuteAsync(static (state, token) => state.OpenAsync(token), topic, cancellationToken);
        var outbound = new OutboundMessage[end - start];
        var sizes = new int[outbound.Length];
        for (var i = 0; i < outbound.Length; i++)
        {
            outbound[i] = messages[start + i].Message;
            sizes[i] = outbound[i].ContentBytes;
        }

        for (var sent = 0; sent < outbound.Length;)
        {
            var count = BatchCutter.Take(sizes.AsSpan(sent), default, sender.Limits);
            if (count < 0)
            {
                await DeadLetterAsync(
                    session, messages[start + sent], "MessageTooLarge",
                    $"The message has {sizes[sent]} bytes and topic '{topic.Topic}' takes at most {sender.Limits.MaxMessageBytes}. "
                    + "Raise the topic's message size to that of the ingest queue and replay the message.",
                    cancellationToken);
                sent++;
                continue;
            }

            await resilience.Send.ExecuteAsync(
                static (state, token) => state.Sender.SendAsync(state.Batch, token), (Sender: sender, Batch: outbound.AsMemory(sent, count)),
                cancellationToken);

            // I1: only now. A failure here leaves the batch to be delivered again, and duplicate detection of the topic drops the copies.
            await session.CompleteAsync(Slice(messages, start + sent, count), cancellationToken);
            metrics.Routed(topic.Topic, count);
            sent += count;
        }
    }

    private async ValueTask DeadLetterAsync(
        IMessageReceiver session, ReceivedMessage message, string reason, string description, CancellationToken cancellationToken)
    {
        await session.DeadLetterAsync(message, reason, description, cancellationToken);
        metrics.DeadLettered(reason);
        Log.DeadLettered(log, message.MessageId, message.SequenceNumber, reason, description);
    }

    private static IReadOnlyList<ReceivedMessage> Slice(IReadOnlyList<ReceivedMessage> messages, int start, int count) =>
        start == 0 && count == messages.Count ? messages : [.. messages.Skip(start).Take(count)];
}
