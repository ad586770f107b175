using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using DStream.Core;

namespace DStream.ServiceBus.Receiving;

/// <summary>Reads from an encoded message what routing needs, as slices of it. Not thread-safe.</summary>
internal sealed class BareMessageReader(string? sessionId)
{
    private const int MessageIdField = 0;
    private const int SubjectField = 3;
    private const int GroupIdField = 10;

    private readonly HeaderCache _headers = new();
    private readonly byte[] _session = Encoding.UTF8.GetBytes(sessionId ?? "");

    /// <summary>A message that cannot be read has no headers: its receiver finds no destination in it and dead-letters it.</summary>
    public OutboundMessage Read(ReadOnlyMemory<byte> bare)
    {
        try
        {
            return ReadSections(bare);
        }
        catch (Exception e) when (e is FormatException or IndexOutOfRangeException or ArgumentOutOfRangeException or OverflowException)
        {
            return new OutboundMessage(default, sessionId, null, default, null, default) { Encoded = bare };
        }
    }

    private OutboundMessage ReadSections(ReadOnlyMemory<byte> bare)
    {
        var span = bare.Span;
        var reader = new AmqpReader(span, 0);
        Sections found = default;
        while (!reader.AtEnd)
        {
            switch (reader.ReadDescriptor())
            {
                case 0x73:
                    ReadProperties(ref reader, bare, ref found);
                    break;
                case 0x74:
                    ReadApplicationProperties(ref reader, span, ref found);
                    break;
                case 0x75 or 0x77:
                    var body = reader.ReadVariable();
                    found.Body = found.Body.IsEmpty ? bare[body] : Join(found.Body, bare[body]);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        // null where the message is not one of DStream's.
        var headers = found.Destination.Equals(default)
            ? null : _headers.Get(span[found.Subject], span[found.Destination], span[found.OperationType], span[found.TableName]);
        var trace = found.TraceParent.Equals(default) ? null : Encoding.UTF8.GetString(span[found.TraceParent]);
        return new OutboundMessage(found.MessageId, found.SessionId, headers, bare[found.Lsn], trace, found.Body) { Encoded = bare };
    }

    private void ReadProperties(ref AmqpReader reader, ReadOnlyMemory<byte> bare, ref Sections found)
    {
        var (fields, end) = reader.ReadCompound();
        for (var field = 0; field < fields; field++)
        {
            switch (field)
            {
                case MessageIdField:
                    found.MessageId = ReadId(ref reader, bare);
                    break;
                case SubjectField:
                    found.Subject = reader.ReadVariable();
                    break;
                case GroupIdField:
                    var group = bare.Span[reader.ReadVariable()];
                    found.SessionId = group.IsEmpty ? null : group.SequenceEqual(_session) ? sessionId : Encoding.UTF8.GetString(group);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        reader.MoveTo(end);
    }

    private static void ReadApplicationProperties(ref AmqpReader reader, ReadOnlySpan<byte> span, ref Sections found)
    {
        var (values, end) = reader.ReadCompound();
        for (var pair = 0; pair < values / 2; pair++)
        {
            var key = span[reader.ReadVariable()];
            if (key.SequenceEqual("Destination"u8)) found.Destination = reader.ReadVariable();
            else if (key.SequenceEqual("LSN"u8)) found.Lsn = reader.ReadVariable();
            else if (key.SequenceEqual("OperationType"u8)) found.OperationType = reader.ReadVariable();
            else if (key.SequenceEqual("TableName"u8)) found.TableName = reader.ReadVariable();
            else if (key.SequenceEqual("traceparent"u8)) found.TraceParent = reader.ReadVariable();
            else reader.Skip();
        }

        reader.MoveTo(end);
    }

    // Other clients may name a message by a number or a UUID.
    private static ReadOnlyMemory<byte> ReadId(ref AmqpReader reader, ReadOnlyMemory<byte> bare)
    {
        var start = reader.Position;
        var code = reader.Peek;
        var text = bare[reader.ReadVariable()];
        var value = bare.Span[(start + 1)..];
        return code switch
        {
            0x44 => "0"u8.ToArray(),
            0x53 => Encoding.ASCII.GetBytes(value[0].ToString(CultureInfo.InvariantCulture)),
            0x80 => Encoding.ASCII.GetBytes(BinaryPrimitives.ReadUInt64BigEndian(value).ToString(CultureInfo.InvariantCulture)),
            0x98 => Encoding.ASCII.GetBytes(new Guid(value[..16], bigEndian: true).ToString()),
            0xa0 or 0xb0 => Encoding.ASCII.GetBytes(Convert.ToHexStringLower(text.Span)),
            _ => text,
        };
    }

    private static byte[] Join(ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> second) => [.. first.Span, .. second.Span];

    private struct Sections
    {
        public ReadOnlyMemory<byte> MessageId;
        public string? SessionId;
        public ReadOnlyMemory<byte> Body;
        public Range Subject;
        public Range Destination;
        public Range OperationType;
        public Range TableName;
        public Range Lsn;
        public Range TraceParent;
    }
}
