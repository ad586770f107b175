using System.Buffers;

namespace DStream.Core;

/// <summary>A growing buffer on pooled memory. Not thread-safe. Dispose gives the memory back; what pointed into it is invalid then.</summary>
public sealed class PooledBuffer : IBufferWriter<byte>, IDisposable
{
    private byte[] _bytes;

    /// <summary>Rents at least that many bytes.</summary>
    public PooledBuffer(int initialBytes) => _bytes = ArrayPool<byte>.Shared.Rent(Math.Max(initialBytes, 256));

    /// <summary>Bytes written so far.</summary>
    public int WrittenBytes { get; private set; }

    /// <summary>What was written. Writing more may move it.</summary>
    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, WrittenBytes);

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

    /// <summary>Takes back everything written after that many bytes.</summary>
    public void Truncate(int writtenBytes)
    {
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
        var needed = checked(WrittenBytes + Math.Max(sizeHint, 1));
        if (needed <= _bytes.Length) return;
        var grown = ArrayPool<byte>.Shared.Rent((int)Math.Min(Math.Max((long)needed, 2L * _bytes.Length), Array.MaxLength));
        _bytes.AsSpan(0, WrittenBytes).CopyTo(grown);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = grown;
    }
}
