using DStream.Core;

namespace DStream.TestSupport;

/// <summary>Calls back before and after each send of another factory's senders; what a callback throws, the send throws.</summary>
public sealed class InterceptedSenders(IMessageSenderFactory inner) : IMessageSenderFactory
{
    /// <summary>Before the broker has the batch.</summary>
    public Func<string, ReadOnlyMemory<OutboundMessage>, CancellationToken, Task>? Sending { get; set; }

    /// <summary>After the broker stored the batch, before the caller learns of it.</summary>
    public Func<string, ReadOnlyMemory<OutboundMessage>, CancellationToken, Task>? Sent { get; set; }

    public async ValueTask<IMessageSender> OpenSenderAsync(string entity, CancellationToken cancellationToken) =>
        new Sender(this, entity, await inner.OpenSenderAsync(entity, cancellationToken));

    private sealed class Sender(InterceptedSenders owner, string entity, IMessageSender sender) : IMessageSender
    {
        public SendLimits Limits => sender.Limits;

        public async ValueTask SendAsync(ReadOnlyMemory<OutboundMessage> messages, CancellationToken cancellationToken)
        {
            if (owner.Sending is { } sending) await sending(entity, messages, cancellationToken);
            await sender.SendAsync(messages, cancellationToken);
            if (owner.Sent is { } sent) await sent(entity, messages, cancellationToken);
        }

        public ValueTask DisposeAsync() => sender.DisposeAsync();
    }
}
