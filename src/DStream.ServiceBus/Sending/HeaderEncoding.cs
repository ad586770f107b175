using System.Runtime.CompilerServices;
using System.Text;
using DStream.Core;

namespace DStream.ServiceBus.Sending;

/// <summary>The constant part of the messages of one table and operation, encoded once and kept as long as its headers live.</summary>
internal sealed class HeaderEncoding
{
    private static readonly ConditionalWeakTable<MessageHeaders, HeaderEncoding> Known = [];

    private HeaderEncoding(MessageHeaders headers)
    {
        Properties = Build(headers, static (ref AmqpWriter writer, MessageHeaders of) => WriteProperties(ref writer, of.Subject));
        ApplicationProperties = Build(headers, static (ref AmqpWriter writer, MessageHeaders of) =>
        {
            Pair(ref writer, "Destination"u8, of.Destination);
            Pair(ref writer, "OperationType"u8, of.OperationType);
            Pair(ref writer, "TableName"u8, of.TableName);
        });
    }

    private delegate void Write(ref AmqpWriter writer, MessageHeaders headers);

    /// <summary>Pairs in <see cref="ApplicationProperties"/>.</summary>
    public static int Pairs => 3;

    /// <summary>The fields of the properties between message-id and group-id, of a message without headers.</summary>
    public static byte[] PlainProperties { get; } = Build(new MessageHeaders("", "", "", ""), static (ref AmqpWriter writer, MessageHeaders _) => WriteProperties(ref writer, null));

    /// <summary>The fields of the properties between message-id and group-id.</summary>
    public byte[] Properties { get; }

    /// <summary>The application properties that do not vary.</summary>
    public byte[] ApplicationProperties { get; }

    public static HeaderEncoding For(MessageHeaders headers) => Known.GetValue(headers, static of => new HeaderEncoding(of));

    private static void WriteProperties(ref AmqpWriter writer, string? subject)
    {
        writer.WriteNull(); // user-id
        writer.WriteNull(); // to
        if (subject is null) writer.WriteNull();
        else writer.String(subject);
        writer.WriteNull(); // reply-to
        writer.WriteNull(); // correlation-id
        writer.Symbol("application/json"u8);
        writer.WriteNull(); // content-encoding
        writer.WriteNull(); // absolute-expiry-time
        writer.WriteNull(); // creation-time
    }

    private static void Pair(ref AmqpWriter writer, ReadOnlySpan<byte> key, string value)
    {
        writer.String(key);
        writer.String(value);
    }

    private static byte[] Build(MessageHeaders headers, Write write)
    {
        var bytes = new byte[MessageEncoder.FramingBytes + Encoding.UTF8.GetMaxByteCount(
            headers.Subject.Length + headers.Destination.Length + headers.OperationType.Length + headers.TableName.Length)];
        var writer = new AmqpWriter(bytes);
        write(ref writer, headers);
        return bytes[..writer.Written];
    }
}
