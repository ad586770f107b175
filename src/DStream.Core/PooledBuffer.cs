using System.Buffers;

namespace DStream.Core;

/// <summary>A growing buffer on pooled memory. Not thread-safe. Dispose gives the memory back; what pointed into it is invalid then.</summary>
public sealed class PooledBuffer : IBufferWriter<byte>, IDisposable
{
    private const int SmallestBytes = 256;

    private byte[] _bytes;

    /// <summary>Rents at least that many bytes.</summary>
    public PooledBuffer(int initialBytes) => _bytes = ArrayPool<byte>.Shared.Rent(Math.Max(initialBytes, SmallestBytes));

    /// <summary>Bytes written so far.</summary>
    public int WrittenBytes { get; private set; }

    /// <summary>What was written. Writing more may move it.</summary>
    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, WrittenBytes);

    /// <summary>Bytes that fit before it moves, those written included.</summary>
    internal int Capacity => _bytes.Length;

    /// <inheritdoc/>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _bytes.Length - WrittenBytes);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        WrittenBytes += count;
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsMemory(WrittenBytes);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsSpan(WrittenBytes);
    }

    /// <summary>Appends the bytes.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(WrittenBytes));
        WrittenBytes += bytes.Length;
    }

    /// <summary>Takes back everything written after that many bytes.</summary>
    public void Truncate(int writtenBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(writtenBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(writtenBytes, WrittenBytes);
        WrittenBytes = writtenBytes;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_bytes.Length == 0) return;
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        WrittenBytes = 0;
    }

    private void Reserve(int sizeHint)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sizeHint);
        if (_bytes.Length - WrittenBytes >= Math.Max(sizeHint, 1)) return;
        // Only Dispose leaves an empty array.
        ObjectDisposedException.ThrowIf(_bytes.Length == 0, this);
        var needed = (long)WrittenBytes + Math.Max(sizeHint, 1);
        if (needed > Array.MaxLength) throw new InvalidOperationException($"A buffer of {needed} bytes is more than one array can hold.");
        var grown = ArrayPool<byte>.Shared.Rent((int)Math.Min(Math.Max(needed, 2L * _bytes.Length), Array.MaxLength));
        _bytes.AsSpan(0, WrittenBytes).CopyTo(grown);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = grown;
    }
}
