using Amqp;
using Amqp.Types;
using DStream.StandIns.ServiceBus.Amqp;

namespace DStream.StandIns.ServiceBus.EventHubs;

/// <summary>Writes a delivery: the hub's annotations in front, then the event's bare message as it came.</summary>
internal static class OutgoingEvents
{
    private const int MostOfFront = 1024;

    /// <param name="stored">The event.</param>
    /// <param name="last">The newest event of the partition, told in delivery annotations to clients that asked for it; else null.</param>
    /// <param name="now">For those annotations.</param>
    public static ByteBuffer Write(in StoredEvent stored, StoredEvent? last, DateTimeOffset now)
    {
        var message = stored.Message;
        var buffer = new ByteBuffer(MostOfFront + message.Annotations.Length + message.Bare.Length, autoGrow: true);
        if (last is { } newest)
        {
            Section(buffer, Sections.DeliveryAnnotations, new Map
            {
                [new Symbol("last_enqueued_sequence_number")] = newest.SequenceNumber,
                [new Symbol("last_enqueued_offset")] = $"{newest.Offset}",
                [new Symbol("last_enqueued_time_utc")] = newest.EnqueuedTime.UtcDateTime,
                [new Symbol("runtime_info_retrieval_time_utc")] = now.UtcDateTime,
            });
        }

        var annotations = SendersOwn(message.Annotations);
        annotations[new Symbol(Annotations.SequenceNumber)] = stored.SequenceNumber;
        annotations[new Symbol(Annotations.Offset)] = $"{stored.Offset}";
        annotations[new Symbol(Annotations.EnqueuedTime)] = stored.EnqueuedTime.UtcDateTime;
        if (stored.PartitionKey is not null) annotations[new Symbol(Annotations.PartitionKey)] = stored.PartitionKey;
        Section(buffer, Sections.MessageAnnotations, annotations);
        buffer.ValidateWrite(message.Bare.Length);
        message.Bare.Span.CopyTo(buffer.Buffer.AsSpan(buffer.WritePos));
        buffer.Append(message.Bare.Length);
        return buffer;
    }

    private static Map SendersOwn(ReadOnlyMemory<byte> pairs)
    {
        var map = new Map();
        var bytes = pairs.ToArray();
        var reader = new ByteBuffer(bytes, 0, bytes.Length, bytes.Length);
        while (reader.Length > 0) map[Encoder.ReadObject(reader)] = Encoder.ReadObject(reader);
        return map;
    }

    private static void Section(ByteBuffer buffer, ulong descriptor, Map map)
    {
        AmqpBitConverter.WriteUByte(buffer, 0x00);
        AmqpBitConverter.WriteUByte(buffer, 0x53);
        AmqpBitConverter.WriteUByte(buffer, (byte)descriptor);
        Encoder.WriteMap(buffer, map, smallEncoding: true);
    }
}
