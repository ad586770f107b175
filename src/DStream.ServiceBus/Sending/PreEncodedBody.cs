using Amqp;
using Amqp.Framing;
using DStream.Core;

namespace DStream.ServiceBus.Sending;

/// <summary>
/// Puts whole encoded sections into the library's send buffer: it has no method that takes them, but lets a value section write itself. The
/// descriptor of that section, the only thing already in the buffer, is taken back.
/// </summary>
internal sealed class PreEncodedBody : AmqpValue
{
    private readonly ReadOnlyMemory<OutboundMessage> _messages;
    private readonly int _bound;
    private readonly long _maxBytes;
    private readonly string? _partitionKey;
    private readonly ReadOnlyMemory<byte> _before;

    private PreEncodedBody(ReadOnlyMemory<OutboundMessage> messages, long maxBytes, string? partitionKey, ReadOnlyMemory<byte> before)
    {
        _before = before;
        _messages = messages;
        _maxBytes = maxBytes;
        _partitionKey = partitionKey;
        _bound = before.Length + MessageEncoder.Bound(messages.Span, partitionKey);
        Value = messages; // Anything: a section without a value would be decoded from a buffer that it does not have.
    }

    public static Message Wrap(ReadOnlyMemory<OutboundMessage> messages, long maxBytes, string? partitionKey = null) => new()
    {
        BodySection = new PreEncodedBody(messages, maxBytes, partitionKey, default),
        Format = messages.Length == 1 ? 0 : MessageEncoder.BatchFormat,
    };

    /// <summary>One message with a header that asks the broker to keep it on disk, as Service Bus does with every one.</summary>
    public static Message WrapDurable(ReadOnlyMemory<OutboundMessage> message, long maxBytes) => new()
    {
        BodySection = new PreEncodedBody(message, maxBytes, null, MessageEncoder.DurableHeader),
    };

    protected override void WriteValue(ByteBuffer buffer, object value)
    {
        buffer.AdjustPosition(buffer.Offset, 0);
        buffer.ValidateWrite(_bound);
        var destination = buffer.Buffer.AsSpan(buffer.WritePos, _bound);
        _before.Span.CopyTo(destination);
        var written = _before.Length + MessageEncoder.Write(destination[_before.Length..], _messages.Span, _partitionKey);
        if (written > _maxBytes)
            throw new AmqpException(ServiceBusErrors.MessageSizeExceeded, $"{_messages.Length} messages take {written} bytes, and {_maxBytes} are allowed at once.");
        buffer.Append(written);
    }
}
