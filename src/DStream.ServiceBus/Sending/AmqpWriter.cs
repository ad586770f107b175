using System.Buffers.Binary;
using System.Text;

namespace DStream.ServiceBus.Sending;

/// <summary>
/// Writes the AMQP 1.0 types that a bare message needs into memory that the caller has made large enough.
/// Source: OASIS AMQP 1.0 part 1, section 1.6.
/// </summary>
internal ref struct AmqpWriter(Span<byte> destination)
{
    public const byte MessageAnnotationsCode = 0x72;
    public const byte PropertiesCode = 0x73;
    public const byte ApplicationPropertiesCode = 0x74;
    public const byte DataCode = 0x75;

    private const byte Null = 0x40;

    private readonly Span<byte> _destination = destination;

    public int Written { get; private set; }

    public void Raw(scoped ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_destination[Written..]);
        Written += bytes.Length;
    }

    public void WriteNull() => _destination[Written++] = Null;

    public void Descriptor(byte code) => Raw([0x00, 0x53, code]);

    public void String(scoped ReadOnlySpan<byte> utf8) => Variable(utf8, 0xa1, 0xb1);

    public void Symbol(scoped ReadOnlySpan<byte> ascii) => Variable(ascii, 0xa3, 0xb3);

    public void String(string text)
    {
        var bytes = Encoding.UTF8.GetByteCount(text);
        Length(bytes, 0xa1, 0xb1);
        Written += Encoding.UTF8.GetBytes(text, _destination[Written..]);
    }

    /// <summary>Begins a list of that many fields; the result goes to <see cref="EndCompound"/>.</summary>
    public int BeginList(int fields) => BeginCompound(0xd0, fields);

    /// <summary>Begins a map of that many pairs; the result goes to <see cref="EndCompound"/>.</summary>
    public int BeginMap(int pairs) => BeginCompound(0xd1, 2 * pairs);

    public readonly void EndCompound(int start) => BinaryPrimitives.WriteInt32BigEndian(_destination[start..], Written - start - 4);

    /// <summary>Begins a Data section whose length is not known yet; the result goes to <see cref="EndData"/>.</summary>
    public int BeginData()
    {
        Descriptor(DataCode);
        _destination[Written++] = 0xb0;
        Written += 4;
        return Written - 4;
    }

    public readonly void EndData(int start) => BinaryPrimitives.WriteInt32BigEndian(_destination[start..], Written - start - 4);

    private int BeginCompound(byte code, int count)
    {
        _destination[Written] = code;
        BinaryPrimitives.WriteInt32BigEndian(_destination[(Written + 5)..], count);
        Written += 9;
        return Written - 8;
    }

    private void Variable(scoped ReadOnlySpan<byte> bytes, byte shortCode, byte longCode)
    {
        Length(bytes.Length, shortCode, longCode);
        Raw(bytes);
    }

    private void Length(int bytes, byte shortCode, byte longCode)
    {
        if (bytes <= byte.MaxValue)
        {
            _destination[Written++] = shortCode;
            _destination[Written++] = (byte)bytes;
            return;
        }

        _destination[Written] = longCode;
        BinaryPrimitives.WriteInt32BigEndian(_destination[(Written + 1)..], bytes);
        Written += 5;
    }
}
