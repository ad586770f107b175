using Amqp;

namespace DStream.StandIns.ServiceBus.Amqp;

/// <summary>A received message that nobody has decoded yet. The bytes are good until <see cref="Message.Dispose"/>.</summary>
internal sealed class RawMessage(ByteBuffer payload) : Message
{
    public int Length => payload.Length;

    public ReadOnlySpan<byte> Bytes => payload.Buffer.AsSpan(payload.Offset, payload.Length);

    /// <summary>Decodes it whole, for requests to <c>$cbs</c> and <c>$management</c>.</summary>
    public Message DecodeAll() => Decode(payload);
}
