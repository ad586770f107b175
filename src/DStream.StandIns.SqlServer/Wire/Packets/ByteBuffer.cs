using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace DStream.StandIns.SqlServer.Wire.Packets;

/// <summary>Growing pooled memory with the little-endian writes that TDS needs. Reused: <see cref="Clear"/> keeps the memory.</summary>
internal sealed class ByteBuffer : IBufferWriter<byte>, IDisposable
{
    private const int KeptBytes = 1024 * 1024;
    private byte[] _array = ArrayPool<byte>.Shared.Rent(1024);

    public int Length { get; private set; }
    public ReadOnlySpan<byte> Written => _array.AsSpan(0, Length);

    public void Clear()
    {
        Length = 0;
        if (_array.Length <= KeptBytes) return;
        ArrayPool<byte>.Shared.Return(_array);
        _array = ArrayPool<byte>.Shared.Rent(1024);
    }

    public void RemoveFirst(int bytes)
    {
        if (bytes == 0) return;
        Length -= bytes;
        _array.AsSpan(bytes, Length).CopyTo(_array);
        if (Length == 0) Clear();
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        if (_array.Length - Length < Math.Max(sizeHint, 1)) Grow(Math.Max(sizeHint, 1));
        return _array.AsSpan(Length);
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        GetSpan(sizeHint);
        return _array.AsMemory(Length);
    }

    public void Advance(int count) => Length += count;

    /// <summary>The next <paramref name="count"/> bytes, counted as written; the caller fills them.</summary>
    public Span<byte> Take(int count)
    {
        var span = GetSpan(count)[..count];
        Length += count;
        return span;
    }

    public void Byte(byte value) => Take(1)[0] = value;
    public void UInt16(ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(Take(2), value);
    public void UInt32(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Take(4), value);
    public void UInt64(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Take(8), value);
    public void Int16(short value) => BinaryPrimitives.WriteInt16LittleEndian(Take(2), value);
    public void Int32(int value) => BinaryPrimitives.WriteInt32LittleEndian(Take(4), value);
    public void Int64(long value) => BinaryPrimitives.WriteInt64LittleEndian(Take(8), value);
    public void Bytes(ReadOnlySpan<byte> value) => value.CopyTo(Take(value.Length));
    public void Utf16(ReadOnlySpan<char> value) => Bytes(MemoryMarshal.AsBytes(value));

    /// <summary>A string with its length in characters in one byte; what does not fit is cut off, as the server does.</summary>
    public void ByteString(ReadOnlySpan<char> value)
    {
        value = value[..Math.Min(value.Length, byte.MaxValue)];
        Byte((byte)value.Length);
        Utf16(value);
    }

    /// <summary>A string with its length in characters in two bytes.</summary>
    public void ShortString(ReadOnlySpan<char> value)
    {
        value = value[..Math.Min(value.Length, ushort.MaxValue)];
        UInt16((ushort)value.Length);
        Utf16(value);
    }

    /// <summary>Writes the size of everything after <paramref name="position"/> + 2 at that position.</summary>
    public void PatchUInt16(int position) =>
        BinaryPrimitives.WriteUInt16LittleEndian(_array.AsSpan(position), checked((ushort)(Length - position - 2)));

    public void PatchUInt32(int position) =>
        BinaryPrimitives.WriteUInt32LittleEndian(_array.AsSpan(position), checked((uint)(Length - position - 4)));

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _array, []) is { Length: > 0 } rented)
            ArrayPool<byte>.Shared.Return(rented);
    }

    private void Grow(int more)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(checked(Length + more), Math.Min(_array.Length, int.MaxValue / 2) * 2));
        _array.AsSpan(0, Length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_array);
        _array = larger;
    }
}
