using DStream.Core;

namespace DStream.ServiceBus.Sending;

/// <summary>
/// Writes messages as AMQP 1.0 bare messages: properties, application properties, one Data section. What was received over AMQP goes on byte for
/// byte. Pure.
/// </summary>
internal static class MessageEncoder
{
    /// <summary>
    /// Upper bound of what the encoding adds to <see cref="OutboundMessage.ContentBytes"/>: 12 for the properties' list and 37 for its
    /// fields, 12 for the application properties' map, 57 for its keys and 25 for the lengths of its values, 8 for the Data section, and 8
    /// for the Data section that wraps the message in a batch.
    /// </summary>
    public const int FramingBytes = 160;

    /// <summary>Upper bound of a batch's own properties: message id and session id of 128 characters each, and their lists.</summary>
    public const int EnvelopeBytes = 1024;

    /// <summary>Message format of a batch, in which each Data section is an encoded message.</summary>
    public const uint BatchFormat = 0x80013700;

    /// <summary>Service Bus takes 128 characters of message id and of session id.</summary>
    public const int MaxIdLength = 128;

    /// <summary>Upper bound of the annotation that holds a partition key: 12 for its map, 21 for its name, 5 and at most 4 a character for the
    /// key.</summary>
    public const int PartitionKeyBytes = 12 + 21 + 5 + (4 * MaxIdLength);

    /// <summary>A header section whose first field, durable, is true. Source: OASIS AMQP 1.0 part 3, section 3.2.1.</summary>
    public static readonly ReadOnlyMemory<byte> DurableHeader = new byte[] { 0x00, 0x53, 0x70, 0xc0, 0x02, 0x01, 0x41 };

    private const int PropertyFields = 11;

    /// <summary>Upper bound of the bytes that <see cref="Write(Span{byte}, ReadOnlySpan{OutboundMessage}, string?)"/> writes.</summary>
    public static int Bound(ReadOnlySpan<OutboundMessage> messages, string? partitionKey = null)
    {
        var bytes = messages.Length > 1 ? EnvelopeBytes : 0;
        var each = partitionKey is null ? FramingBytes : FramingBytes + PartitionKeyBytes;
        foreach (ref readonly var message in messages) bytes = checked(bytes + message.ContentBytes + each);
        return bytes;
    }

    /// <summary>Writes one message as itself, several as a batch, and returns the bytes written.</summary>
    /// <param name="destination">At least <see cref="Bound"/> bytes.</param>
    /// <param name="messages">In order.</param>
    /// <param name="partitionKey">Chooses the partition of an event hub for all of them; null for none.</param>
    public static int Write(Span<byte> destination, ReadOnlySpan<OutboundMessage> messages, string? partitionKey = null)
    {
        var writer = new AmqpWriter(destination);
        // A hub reads the key of the first section, and tells consumers that of each event.
        WritePartitionKey(ref writer, partitionKey);
        if (messages.Length == 1)
        {
            Write(ref writer, messages[0]);
            return writer.Written;
        }

        // The envelope repeats what the broker routes and groups by. The partition key of a message with a session is its session id, so that
        // group-id says it too.
        WriteProperties(ref writer, messages[0], HeaderEncoding.PlainProperties);
        foreach (ref readonly var message in messages)
        {
            var start = writer.BeginData();
            WritePartitionKey(ref writer, partitionKey);
            Write(ref writer, message);
            writer.EndData(start);
        }

        return writer.Written;
    }

    private static void WritePartitionKey(ref AmqpWriter writer, string? key)
    {
        if (key is null) return;
        writer.Descriptor(AmqpWriter.MessageAnnotationsCode);
        var map = writer.BeginMap(1);
        writer.Symbol("x-opt-partition-key"u8);
        writer.String(key);
        writer.EndCompound(map);
    }

    private static void Write(ref AmqpWriter writer, in OutboundMessage message)
    {
        if (!message.Encoded.IsEmpty)
        {
            writer.Raw(message.Encoded.Span);
            return;
        }

        var headers = message.Headers is { } known ? HeaderEncoding.For(known) : null;
        WriteProperties(ref writer, message, headers?.Properties ?? HeaderEncoding.PlainProperties);
        WriteApplicationProperties(ref writer, message, headers);
        var body = writer.BeginData();
        writer.Raw(message.Body.Span);
        writer.EndData(body);
    }

    private static void WriteProperties(ref AmqpWriter writer, in OutboundMessage message, ReadOnlySpan<byte> between)
    {
        if (message.Encoded.IsEmpty && (message.MessageId.Length > MaxIdLength || message.SessionId is { Length: > MaxIdLength }))
            throw new ArgumentException($"A message id and a session id have at most {MaxIdLength} characters.", nameof(message));
        writer.Descriptor(AmqpWriter.PropertiesCode);
        var list = writer.BeginList(PropertyFields);
        if (message.MessageId.IsEmpty) writer.WriteNull();
        else writer.String(message.MessageId.Span);
        writer.Raw(between);
        if (message.SessionId is null) writer.WriteNull();
        else writer.String(message.SessionId);
        writer.EndCompound(list);
    }

    private static void WriteApplicationProperties(ref AmqpWriter writer, in OutboundMessage message, HeaderEncoding? headers)
    {
        var pairs = (headers is null ? 0 : HeaderEncoding.Pairs) + (message.Lsn.IsEmpty ? 0 : 1) + (message.TraceParent is null ? 0 : 1);
        if (pairs == 0) return;
        writer.Descriptor(AmqpWriter.ApplicationPropertiesCode);
        var map = writer.BeginMap(pairs);
        writer.Raw(headers?.ApplicationProperties);
        if (!message.Lsn.IsEmpty)
        {
            writer.String("LSN"u8);
            writer.String(message.Lsn.Span);
        }

        if (message.TraceParent is { } trace)
        {
            writer.String("traceparent"u8);
            writer.String(trace);
        }

        writer.EndCompound(map);
    }
}
