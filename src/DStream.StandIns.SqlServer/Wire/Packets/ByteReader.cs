using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace DStream.StandIns.SqlServer.Wire.Packets;

/// <summary>Reads a message's body; running past its end is an <see cref="EndOfMessageException"/>.</summary>
internal ref struct ByteReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public readonly int Remaining => _rest.Length;

    public ReadOnlySpan<byte> Bytes(int count)
    {
        if ((uint)count > (uint)_rest.Length)
            throw new EndOfMessageException($"The message ends where {count} more bytes are announced ({_rest.Length} are left).");
        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }

    public readonly byte Peek() => _rest.Length > 0 ? _rest[0] : throw new EndOfMessageException("The message ends too early.");
    public byte Byte() => Bytes(1)[0];
    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Bytes(2));
    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4));
    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Bytes(8));
    public short Int16() => BinaryPrimitives.ReadInt16LittleEndian(Bytes(2));
    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Bytes(4));
    public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Bytes(8));
    public string Utf16(int bytes) => new(MemoryMarshal.Cast<byte, char>(Bytes(bytes)));

    /// <summary>A string with its length in characters in one byte.</summary>
    public string ByteString() => Utf16(Byte() * 2);
}
