using System.Buffers.Binary;

namespace DStream.ServiceBus.Receiving;

/// <summary>Walks over encoded AMQP 1.0 values without making objects of them. Input that is none fails with a range or format exception.</summary>
internal ref struct AmqpReader(ReadOnlySpan<byte> bytes, int position)
{
    public const ulong UnknownDescriptor = ulong.MaxValue;

    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public int Position { get; private set; } = position;

    public readonly bool AtEnd => Position >= _bytes.Length;

    public readonly byte Peek => _bytes[Position];

    /// <summary>Reads the numeric descriptor of a section or performative.</summary>
    public ulong ReadDescriptor()
    {
        if (_bytes[Position++] != 0x00) throw new FormatException("A described type was expected.");
        switch (_bytes[Position])
        {
            case 0x53:
                Position += 2;
                return _bytes[Position - 1];
            case 0x80:
                Position += 9;
                return BinaryPrimitives.ReadUInt64BigEndian(_bytes[(Position - 8)..]);
            default:
                Skip();
                return UnknownDescriptor;
        }
    }

    /// <summary>Enters a list or map: how many values it holds, and where it ends.</summary>
    public (int Count, int End) ReadCompound()
    {
        switch (_bytes[Position++])
        {
            case 0x45:
                return (0, Position);
            case 0xc0 or 0xc1:
                Position += 2;
                return (_bytes[Position - 1], Position - 1 + _bytes[Position - 2]);
            case 0xd0 or 0xd1:
                Position += 8;
                return (BinaryPrimitives.ReadInt32BigEndian(_bytes[(Position - 4)..]), Position - 4 + BinaryPrimitives.ReadInt32BigEndian(_bytes[(Position - 8)..]));
            default:
                throw new FormatException("A list or map was expected.");
        }
    }

    /// <summary>Reads a uint; null where it is null or something else.</summary>
    public uint? ReadUInt()
    {
        var start = Position;
        Skip();
        return _bytes[start] switch
        {
            0x43 => 0,
            0x52 => _bytes[start + 1],
            0x70 => BinaryPrimitives.ReadUInt32BigEndian(_bytes[(start + 1)..]),
            _ => null,
        };
    }

    /// <summary>Reads where the content of a string, symbol or binary stands; an empty range for anything else.</summary>
    public Range ReadVariable()
    {
        var start = Position;
        var code = _bytes[start];
        Skip();
        return (code >> 4) switch
        {
            0xa => (start + 2)..Position,
            0xb => (start + 5)..Position,
            _ => 0..0,
        };
    }

    public void MoveTo(int position) => Position = position <= _bytes.Length ? position : throw new FormatException("A value ends past its message.");

    /// <summary>Steps over one value of any type.</summary>
    public void Skip()
    {
        var code = _bytes[Position++];
        if (code == 0x00)
        {
            Skip();
            Skip();
            return;
        }

        MoveTo(checked(Position + ((code >> 4) switch
        {
            0x4 => 0,
            0x5 => 1,
            0x6 => 2,
            0x7 => 4,
            0x8 => 8,
            0x9 => 16,
            0xa or 0xc or 0xe => 1 + _bytes[Position],
            0xb or 0xd or 0xf => 4 + NonNegative(BinaryPrimitives.ReadInt32BigEndian(_bytes[Position..])),
            _ => throw new FormatException("A format code is not of AMQP 1.0."),
        })));
    }

    private static int NonNegative(int size) => size >= 0 ? size : throw new FormatException("A size is over 2 GB.");
}
