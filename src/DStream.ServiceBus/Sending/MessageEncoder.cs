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

    private const int PropertyFields = 11;

    /// <summary>Upper bound of the bytes that <see cref="Write(Span{byte}, ReadOnlySpan{OutboundMessage})"/> writes.</summary>
    public static int Bound(ReadOnlySpan<OutboundMessage> messages)
    {
        var bytes = messages.Length > 1 ? EnvelopeBytes : 0;
        foreach (ref readonly var message in messages) bytes = checked(bytes + message.ContentBytes + FramingBytes);
        return bytes;
    }

    /// <summary>Writes one message as itself, several as a batch, and returns the bytes written.</summary>
    public static int Write(Span<byte> destination, ReadOnlySpan<OutboundMessage> messages)
    {
        var writer = new AmqpWriter(destination);
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
            Write(ref writer, message);
            writer.EndData(start);
        }

        return writer.Written;
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
