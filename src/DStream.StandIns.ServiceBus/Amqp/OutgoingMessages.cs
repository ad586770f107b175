using System.Buffers.Binary;
using System.Text;
using Amqp;
using DStream.StandIns.ServiceBus.Broker;
using AmqpEncoder = Amqp.Types.Encoder;

namespace DStream.StandIns.ServiceBus.Amqp;

/// <summary>
/// Writes a delivery: a header and the annotations of the broker in front, then the sender's annotations and bare message as
/// they came. Only settlement that changed application properties (dead-lettering) makes the bare message be rewritten.
/// </summary>
internal static class OutgoingMessages
{
    private const int MostOfFront = 320;

    private static readonly byte[] SequenceNumberKey = Symbol(Annotations.SequenceNumber);
    private static readonly byte[] EnqueuedSequenceNumberKey = Symbol(Annotations.EnqueuedSequenceNumber);
    private static readonly byte[] EnqueuedTimeKey = Symbol(Annotations.EnqueuedTime);
    private static readonly byte[] LockedUntilKey = Symbol(Annotations.LockedUntil);
    private static readonly byte[] DeadLetterSourceKey = Symbol(Annotations.DeadLetterSource);
    private static readonly byte[] MessageStateKey = Symbol(Annotations.MessageState);

    public static ByteBuffer Write(in ReceivedMessage received)
    {
        var source = received.DeadLetterSource is { } path ? Encoding.UTF8.GetBytes(path) : null;
        var message = received.Message;
        var buffer = new ByteBuffer(MostOfFront + (source?.Length ?? 0) + message.Annotations.Length + message.Bare.Length, autoGrow: true);
        var at = WriteHeader(buffer.Buffer, received);
        at = WriteAnnotations(buffer.Buffer, at, received, source);
        if (received.ChangedProperties is null)
        {
            message.Bare.Span.CopyTo(buffer.Buffer.AsSpan(at));
            buffer.Append(at + message.Bare.Length);
            return buffer;
        }

        buffer.Append(at);
        WriteChanged(buffer, message.Bare.Span, received.ChangedProperties);
        return buffer;
    }

    private static int WriteHeader(byte[] bytes, in ReceivedMessage received)
    {
        // durable, priority (not set), ttl, first-acquirer (not set), delivery-count: deliveries before this one.
        ReadOnlySpan<byte> start = [0x00, 0x53, 0x70, 0xc0, 0, 5, 0x41, 0x40];
        start.CopyTo(bytes);
        var at = start.Length;
        if (received.ExpiresAt < DateTimeOffset.MaxValue)
        {
            var life = (received.ExpiresAt - received.EnqueuedTime).TotalMilliseconds;
            bytes[at++] = 0x70;
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(at), (uint)Math.Clamp(life, 0, uint.MaxValue));
            at += 4;
        }
        else
        {
            bytes[at++] = 0x40;
        }

        bytes[at++] = 0x40;
        bytes[at++] = 0x70;
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(at), (uint)Math.Max(0, received.DeliveryCount - 1));
        at += 4;
        bytes[4] = (byte)(at - 5);
        return at;
    }

    private static int WriteAnnotations(byte[] bytes, int at, in ReceivedMessage received, byte[]? deadLetterSource)
    {
        ReadOnlySpan<byte> start = [0x00, 0x53, 0x72, 0xd1];
        start.CopyTo(bytes.AsSpan(at));
        var sizeAt = at + start.Length;
        at = sizeAt + 8;
        var items = received.Message.AnnotationItems + 8;
        at = Put(bytes, at, SequenceNumberKey, 0x81, received.SequenceNumber);
        at = Put(bytes, at, EnqueuedSequenceNumberKey, 0x81, received.EnqueuedSequenceNumber);
        at = Put(bytes, at, EnqueuedTimeKey, 0x83, received.EnqueuedTime.ToUnixTimeMilliseconds());
        MessageStateKey.CopyTo(bytes, at);
        at += MessageStateKey.Length;
        bytes[at++] = 0x54;
        bytes[at++] = (byte)received.State;
        if (received.LockToken != Guid.Empty)
        {
            at = Put(bytes, at, LockedUntilKey, 0x83, received.LockedUntil.ToUnixTimeMilliseconds());
            items += 2;
        }

        if (deadLetterSource is not null)
        {
            DeadLetterSourceKey.CopyTo(bytes, at);
            at += DeadLetterSourceKey.Length;
            bytes[at++] = 0xb1;
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(at), deadLetterSource.Length);
            deadLetterSource.CopyTo(bytes, at + 4);
            at += 4 + deadLetterSource.Length;
            items += 2;
        }

        received.Message.Annotations.Span.CopyTo(bytes.AsSpan(at));
        at += received.Message.Annotations.Length;
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(sizeAt), at - sizeAt - 4);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(sizeAt + 4), items);
        return at;
    }

    private static int Put(byte[] bytes, int at, byte[] key, byte code, long value)
    {
        key.CopyTo(bytes, at);
        at += key.Length;
        bytes[at++] = code;
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(at), value);
        return at + 8;
    }

    private static void WriteChanged(ByteBuffer buffer, ReadOnlySpan<byte> bare, IReadOnlyDictionary<string, object> changes)
    {
        var reader = new EncodedReader(bare);
        var written = false;
        while (!reader.AtEnd)
        {
            var from = reader.Position;
            var descriptor = reader.ReadDescriptor();
            if (!written && descriptor >= Sections.ApplicationProperties)
            {
                written = true;
                var existing = descriptor == Sections.ApplicationProperties;
                WriteProperties(buffer, existing ? reader.Skip() : default, changes);
                if (existing) continue;
            }

            reader.Skip();
            Append(buffer, bare[from..reader.Position]);
        }

        if (!written) WriteProperties(buffer, default, changes);
    }

    private static void WriteProperties(ByteBuffer buffer, ReadOnlySpan<byte> existing, IReadOnlyDictionary<string, object> changes)
    {
        var pairs = new ByteBuffer(existing.Length + 256, autoGrow: true);
        var items = changes.Count * 2;
        if (!existing.IsEmpty)
        {
            var reader = new EncodedReader(existing);
            reader.Enter(out var end);
            while (reader.Position < end)
            {
                var from = reader.Position;
                var key = reader.ReadText();
                reader.Skip();
                if (key is not null && changes.ContainsKey(key)) continue;

                items += 2;
                Append(pairs, existing[from..reader.Position]);
            }
        }

        foreach (var (name, value) in changes)
        {
            AmqpEncoder.WriteString(pairs, name, smallEncoding: true);
            AmqpEncoder.WriteObject(pairs, value);
        }

        Span<byte> start = stackalloc byte[12];
        start[1] = 0x53;
        start[2] = (byte)Sections.ApplicationProperties;
        start[3] = 0xd1;
        BinaryPrimitives.WriteInt32BigEndian(start[4..], pairs.Length + 4);
        BinaryPrimitives.WriteInt32BigEndian(start[8..], items);
        Append(buffer, start);
        Append(buffer, pairs.Buffer.AsSpan(pairs.Offset, pairs.Length));
    }

    private static void Append(ByteBuffer buffer, ReadOnlySpan<byte> bytes)
    {
        buffer.ValidateWrite(bytes.Length);
        bytes.CopyTo(buffer.Buffer.AsSpan(buffer.WritePos));
        buffer.Append(bytes.Length);
    }

    private static byte[] Symbol(string text) => [0xa3, (byte)text.Length, .. Encoding.ASCII.GetBytes(text)];
}
