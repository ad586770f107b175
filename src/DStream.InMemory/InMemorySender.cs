using System.Text;
using DStream.Core;

namespace DStream.InMemory;

/// <summary>Sends to one entity of an <see cref="InMemoryBroker"/>.</summary>
internal sealed class InMemorySender(InMemoryBroker broker, BrokerEntity entity, SendLimits limits) : IMessageSender
{
    private bool _disposed;

    /// <inheritdoc/>
    public SendLimits Limits => limits;

    /// <inheritdoc/>
    public async ValueTask SendAsync(ReadOnlyMemory<OutboundMessage> messages, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        cancellationToken.ThrowIfCancellationRequested();
        if (messages.IsEmpty) return;
        Check(messages.Span);
        broker.Inject(InMemoryOperation.Send, entity.Name);

        // The memory is the caller's until the send has ended; a store keeps its own.
        var copies = new OutboundMessage[messages.Length];
        var ids = new string[messages.Length];
        for (var i = 0; i < copies.Length; i++)
        {
            copies[i] = Copy(messages.Span[i]);
            ids[i] = Encoding.UTF8.GetString(copies[i].MessageId.Span);
        }

        broker.Store(entity, copies, ids);
        broker.Inject(InMemoryOperation.Sent, entity.Name);
        await ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _disposed = true;
        return ValueTask.CompletedTask;
    }

    private void Check(ReadOnlySpan<OutboundMessage> messages)
    {
        if (messages.Length > limits.MaxBatchMessages)
            throw Refused($"{messages.Length} messages are more than a batch takes ({limits.MaxBatchMessages}); send fewer at once.");

        var batchBytes = 0L;
        foreach (ref readonly var message in messages)
        {
            var bytes = (long)message.ContentBytes + limits.FramingBytes;
            if (bytes > limits.MaxMessageBytes)
                throw Refused($"a message of {bytes} bytes is larger than the largest allowed ({limits.MaxMessageBytes}).");
            if (entity.RequiresSession && string.IsNullOrEmpty(message.SessionId))
                throw Refused("a message has no session id, and the queue requires sessions.");
            batchBytes += bytes;
        }

        if (messages.Length > 1 && batchBytes > limits.MaxBatchBytes)
            throw Refused($"a batch of {batchBytes} bytes is larger than the largest allowed ({limits.MaxBatchBytes}); send fewer at once.");
    }

    private ProviderException Refused(string reason) => new($"Sending to '{entity.Name}' failed: {reason}", isTransient: false);

    private static OutboundMessage Copy(in OutboundMessage message) => message with
    {
        MessageId = message.MessageId.ToArray(),
        Lsn = message.Lsn.ToArray(),
        Body = message.Body.ToArray(),
        Encoded = message.Encoded.ToArray(),
    };
}
