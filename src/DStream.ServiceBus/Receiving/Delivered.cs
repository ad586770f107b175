using Amqp;
using Amqp.Framing;

namespace DStream.ServiceBus.Receiving;

/// <summary>One delivery that is not settled yet; the lock token of its message.</summary>
internal sealed class Delivered(Guid tag, uint? id, ReadOnlyMemory<byte> bare, MessageDelivery delivery)
{
    /// <summary>The broker's lock token.</summary>
    public Guid Tag => tag;

    /// <summary>Delivery id in the AMQP session; null where the library does not show it.</summary>
    public uint? Id => id;

    /// <summary>The message from its properties on, as it was encoded.</summary>
    public ReadOnlyMemory<byte> Bare => bare;

    public MessageDelivery Delivery => delivery;

    public int DeliveryCount { get; init; }

    public long SequenceNumber { get; init; }

    /// <summary>Why the broker refused to settle it; null where it did not.</summary>
    public Error? Refusal { get; set; }

    /// <summary>Who waits for the broker's answer; null before it is settled.</summary>
    public Settlement? Settlement { get; set; }
}
