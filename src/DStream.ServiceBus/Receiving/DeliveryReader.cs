using Amqp;
using Amqp.Framing;
using Amqp.Types;

namespace DStream.ServiceBus.Receiving;

/// <summary>
/// Takes what DStream needs from a message that the library has decoded: the encoded bytes, to pass on unchanged, and the delivery id, to
/// settle ranges. Both stand in the frame buffer that the body's section points into, so that no part of the library has to be patched.
/// </summary>
internal static class DeliveryReader
{
    private const ulong TransferCode = 0x14;
    private const ulong PropertiesCode = 0x73;

    private static readonly Symbol SequenceNumber = new("x-opt-sequence-number");

    /// <summary>Copies, so that the library's pooled buffer may be given back at once. Called on the reader thread.</summary>
    public static Delivered Read(Message message)
    {
        var tag = Delivered.KeyOf(message.DeliveryTag);
        var (id, bare) = FromFrame(message) ?? (null, Reencode(message));
        return new Delivered(tag, id, bare, message.GetDelivery())
        {
            DeliveryCount = (int)Math.Min(message.Header?.DeliveryCount ?? 0, int.MaxValue),
            SequenceNumber = message.MessageAnnotations?.Map.TryGetValue(SequenceNumber, out var number) == true && number is long sequence ? sequence : 0,
        };
    }

    private static (uint? Id, byte[] Bare)? FromFrame(Message message)
    {
        var last = message.BodySection switch
        {
            DataList { Count: > 0 } list => list[list.Count - 1].Buffer,
            Data data => data.Buffer,
            AmqpValue value => value.ValueBuffer,
            _ => null,
        };
        if (last is null || message.Footer is not null) return null;
        try
        {
            // The frame's header says in its fifth byte, in words of four, where the transfer begins; the payload follows it, in one piece even
            // where it came in several frames.
            var frame = last.Buffer.AsSpan(0, last.Offset + last.Length);
            var reader = new AmqpReader(frame, frame[4] * 4);
            if (reader.ReadDescriptor() != TransferCode) return null;
            var (fields, end) = reader.ReadCompound();
            if (fields < 3) return null;
            reader.Skip();
            var id = reader.ReadUInt();
            if (!frame[reader.ReadVariable()].SequenceEqual(message.DeliveryTag)) return null;
            reader.MoveTo(end);
            while (true)
            {
                var start = reader.Position;
                if (reader.ReadDescriptor() >= PropertiesCode) return (id, frame[start..].ToArray());
                reader.Skip();
            }
        }
        catch (Exception e) when (e is FormatException or IndexOutOfRangeException or ArgumentOutOfRangeException or OverflowException)
        {
            return null;
        }
    }

    // Without a body, with a sequence or a footer: no message of DStream's, and the same content in the library's own encoding.
    private static byte[] Reencode(Message message)
    {
        var bare = new Message
        {
            Properties = message.Properties,
            ApplicationProperties = message.ApplicationProperties,
            BodySection = message.BodySection,
            Footer = message.Footer,
        };
        var buffer = bare.Encode();
        return buffer.Buffer.AsSpan(buffer.Offset, buffer.Length).ToArray();
    }
}
