using System.Buffers.Binary;
using System.Globalization;

namespace DStream.Core;

/// <summary>
/// A log sequence number of SQL Server: <c>binary(10)</c>, unsigned and big-endian (parts of 4, 4 and 2 bytes), ordered as bytes.
/// Its text is 20 lower-case hexadecimal digits.
/// </summary>
/// <remarks>Source: Microsoft Learn, "SQL Server transaction log architecture and management guide", log sequence numbers.</remarks>
public readonly record struct Lsn : IComparable<Lsn>, IUtf8SpanFormattable
{
    /// <summary>Bytes of an LSN: 10.</summary>
    public const int Size = 10;

    /// <summary>Characters of an LSN's text: 20.</summary>
    public const int TextLength = 2 * Size;

    private readonly ulong _high;
    private readonly ushort _low;

    private Lsn(ulong high, ushort low)
    {
        _high = high;
        _low = low;
    }

    /// <summary>All zero: no position. The server answers it for a capture instance that does not exist or may not be seen.</summary>
    public static Lsn Zero => default;

    /// <summary>All ones: above every real LSN.</summary>
    public static Lsn Max => new(ulong.MaxValue, ushort.MaxValue);

    /// <summary>Reads ten bytes.</summary>
    /// <exception cref="ArgumentException">The span is not ten bytes long.</exception>
    public static Lsn Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size) throw new ArgumentException($"An LSN has {Size} bytes, not {bytes.Length}.", nameof(bytes));
        return new Lsn(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt16BigEndian(bytes[8..]));
    }

    /// <summary>Reads 20 hexadecimal digits, with or without <c>0x</c> before them.</summary>
    /// <exception cref="FormatException">The text is not an LSN.</exception>
    public static Lsn Parse(string text)
    {
        var digits = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? text.AsSpan(2) : text;
        if (digits.Length != TextLength
            || !ulong.TryParse(digits[..16], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var high)
            || !ushort.TryParse(digits[16..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var low))
            throw new FormatException($"'{text}' is not an LSN: {TextLength} hexadecimal digits are expected.");
        return new Lsn(high, low);
    }

    /// <summary>The next LSN, as <c>sys.fn_cdc_increment_lsn</c> gives it, without asking the server.</summary>
    /// <exception cref="OverflowException">This is <see cref="Max"/>.</exception>
    public Lsn Next() => _low == ushort.MaxValue ? new Lsn(checked(_high + 1), 0) : new Lsn(_high, (ushort)(_low + 1));

    /// <summary>Writes the ten bytes.</summary>
    public void WriteTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, _high);
        BinaryPrimitives.WriteUInt16BigEndian(destination[8..], _low);
    }

    /// <summary>The ten bytes, as a parameter of a command takes them.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[Size];
        WriteTo(bytes);
        return bytes;
    }

    /// <inheritdoc/>
    public int CompareTo(Lsn other) => _high != other._high ? _high.CompareTo(other._high) : _low.CompareTo(other._low);

    /// <inheritdoc/>
    public bool TryFormat(Span<byte> utf8Destination, out int bytesWritten, ReadOnlySpan<char> format, IFormatProvider? provider)
    {
        Span<byte> bytes = stackalloc byte[Size];
        WriteTo(bytes);
        return Convert.TryToHexStringLower(bytes, utf8Destination, out bytesWritten);
    }

    /// <summary>20 lower-case hexadecimal digits.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{_high:x16}{_low:x4}");

    /// <summary>Whether the left one is earlier.</summary>
    public static bool operator <(Lsn left, Lsn right) => left.CompareTo(right) < 0;

    /// <summary>Whether the left one is later.</summary>
    public static bool operator >(Lsn left, Lsn right) => left.CompareTo(right) > 0;

    /// <summary>Whether the left one is not later.</summary>
    public static bool operator <=(Lsn left, Lsn right) => left.CompareTo(right) <= 0;

    /// <summary>Whether the left one is not earlier.</summary>
    public static bool operator >=(Lsn left, Lsn right) => left.CompareTo(right) >= 0;
}
