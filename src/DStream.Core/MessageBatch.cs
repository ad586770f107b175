namespace DStream.Core;

/// <summary>Messages that go to the broker in one send, and the memory they stand in.</summary>
public sealed class MessageBatch : IDisposable
{
    private readonly OutboundMessage[] _messages;
    private int _count;

    internal MessageBatch(int capacityBytes, int capacityMessages)
    {
        Buffer = new PooledBuffer(capacityBytes);
        _messages = new OutboundMessage[capacityMessages];
    }

    /// <summary>The messages, in order.</summary>
    public ReadOnlyMemory<OutboundMessage> Messages => _messages.AsMemory(0, _count);

    internal PooledBuffer Buffer { get; }

    /// <inheritdoc/>
    public void Dispose() => Buffer.Dispose();

    internal void Add(in OutboundMessage message) => _messages[_count++] = message;
}
