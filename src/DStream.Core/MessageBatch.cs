using System.Buffers;

namespace DStream.Core;

/// <summary>Messages that go to the broker in one send, and the memory they stand in. Dispose gives it back; the messages are invalid then.</summary>
public sealed class MessageBatch : IDisposable
{
    private OutboundMessage[] _messages;
    private int _count;

    internal MessageBatch(int capacityBytes, int capacityMessages)
    {
        Buffer = new PooledBuffer(capacityBytes);
        _messages = ArrayPool<OutboundMessage>.Shared.Rent(capacityMessages);
    }

    /// <summary>The messages, in order.</summary>
    public ReadOnlyMemory<OutboundMessage> Messages => _messages.AsMemory(0, _count);

    internal PooledBuffer Buffer { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Buffer.Dispose();
        if (_messages.Length == 0) return;
        // The pool must not keep a body's array alive, nor show this batch's messages to the next one.
        _messages.AsSpan(0, _count).Clear();
        ArrayPool<OutboundMessage>.Shared.Return(_messages);
        _messages = [];
        _count = 0;
    }

    internal void Add(in OutboundMessage message) => _messages[_count++] = message;
}
