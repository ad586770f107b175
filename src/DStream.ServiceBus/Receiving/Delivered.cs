using System.Security.Cryptography;
using Amqp;
using Amqp.Framing;

namespace DStream.ServiceBus.Receiving;

/// <summary>One delivery that is not settled yet; the lock token of its message.</summary>
internal sealed class Delivered(Guid tag, uint? id, ReadOnlyMemory<byte> bare, MessageDelivery delivery)
{
    /// <summary>The broker's lock token, as <see cref="KeyOf"/> gives it.</summary>
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

    /// <summary>A delivery tag as a key: Service Bus gives the 16 bytes of a lock token, other brokers up to 32 of any kind.</summary>
    public static Guid KeyOf(ReadOnlySpan<byte> tag)
    {
        if (tag.Length == 16) return new Guid(tag);
        Span<byte> key = stackalloc byte[SHA256.HashSizeInBytes];
        key.Clear();
        if (tag.Length < 16) tag.CopyTo(key);
        else SHA256.HashData(tag, key);
        return new Guid(key[..16]);
    }
}
