using System.Buffers.Binary;
using System.Text;
using DStream.StandIns.ServiceBus.Broker;

namespace DStream.StandIns.ServiceBus.Amqp;

/// <summary>
/// Walks over encoded AMQP values without building objects, so that a message can be kept and forwarded as it came. The layout
/// of every value follows from its format code alone (AMQP 1.0, part 1, section 1.2).
/// </summary>
internal ref struct EncodedReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public int Position { get; private set; }

    public readonly bool AtEnd => Position >= _bytes.Length;

    /// <summary>Reads the start of a section and gives its numeric descriptor.</summary>
    public ulong ReadDescriptor()
    {
        if (Take() != 0x00) throw Malformed("a described section was expected");

        return Take() switch
        {
            0x53 => Take(),
            0x80 => BinaryPrimitives.ReadUInt64BigEndian(Take(8)),
            var code => throw Malformed($"the descriptor has the format code 0x{code:x2}"),
        };
    }

    /// <summary>Steps over one value and gives its encoding.</summary>
    public ReadOnlySpan<byte> Skip()
    {
        var start = Position;
        var code = Take();
        if (code == 0x00)
        {
            Skip();
            Skip();
            return _bytes[start..Position];
        }

        _ = (code >> 4) switch
        {
            0x4 => default,
            0x5 => Take(1),
            0x6 => Take(2),
            0x7 => Take(4),
            0x8 => Take(8),
            0x9 => Take(16),
            0xa or 0xc or 0xe => Take(Take()),
            0xb or 0xd or 0xf => Take(ReadLength()),
            _ => throw Malformed($"0x{code:x2} is no format code"),
        };
        return _bytes[start..Position];
    }

    /// <summary>Enters a list or a map: gives the number of items and leaves the position at the first.</summary>
    public int Enter(out int end)
    {
        var code = Take();
        int size, count;
        switch (code)
        {
            case 0x40 or 0x45:
                end = Position;
                return 0;
            case 0xc0 or 0xc1:
                size = Take();
                end = Position + size;
                count = Take();
                break;
            case 0xd0 or 0xd1:
                size = ReadLength();
                end = Position + size;
                count = ReadLength();
                break;
            default:
                throw Malformed($"a list or a map was expected, not the format code 0x{code:x2}");
        }

        if (end > _bytes.Length || end < Position) throw Malformed("a list or a map is longer than the message");
        return count;
    }

    /// <summary>Reads a string or a symbol; null for null; steps over anything else and gives its bytes in hexadecimal.</summary>
    public string? ReadText()
    {
        switch (Peek())
        {
            case 0x40:
                Position++;
                return null;
            case 0xa1 or 0xa3:
                Position++;
                return Encoding.UTF8.GetString(Take(Take()));
            case 0xb1 or 0xb3:
                Position++;
                return Encoding.UTF8.GetString(Take(ReadLength()));
            default:
                // Other kinds of message id are compared, never shown.
                return Convert.ToHexString(Skip());
        }
    }

    /// <summary>Reads an unsigned integer; null for anything else.</summary>
    public uint? ReadUInt()
    {
        var value = Skip();
        return value[0] switch
        {
            0x43 => 0,
            0x52 => value[1],
            0x70 => BinaryPrimitives.ReadUInt32BigEndian(value[1..]),
            _ => null,
        };
    }

    /// <summary>Reads a timestamp; null for anything else.</summary>
    public DateTimeOffset? ReadTimestamp()
    {
        var value = Skip();
        if (value[0] != 0x83) return null;

        var milliseconds = BinaryPrimitives.ReadInt64BigEndian(value[1..]);
        return DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(
            milliseconds, DateTimeOffset.MinValue.ToUnixTimeMilliseconds(), DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()));
    }

    /// <summary>Reads a binary value and gives its place.</summary>
    public Range ReadBinary()
    {
        var code = Take();
        var length = code switch
        {
            0xa0 => Take(),
            0xb0 => ReadLength(),
            _ => throw Malformed($"binary was expected, not the format code 0x{code:x2}"),
        };
        Take(length);
        return (Position - length)..Position;
    }

    private static BrokerException Malformed(string what) => new(BrokerError.Malformed, $"The message cannot be read: {what}.");

    private readonly byte Peek() => AtEnd ? throw Malformed("it ends inside a value") : _bytes[Position];

    private byte Take()
    {
        var value = Peek();
        Position++;
        return value;
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length < 0 || length > _bytes.Length - Position) throw Malformed("it ends inside a value");

        var value = _bytes.Slice(Position, length);
        Position += length;
        return value;
    }

    private int ReadLength() => BinaryPrimitives.ReadInt32BigEndian(Take(4));
}
