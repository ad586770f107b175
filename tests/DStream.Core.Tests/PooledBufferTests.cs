using System.Buffers;
using CsCheck;

namespace DStream.Core.Tests;

public sealed class PooledBufferTests
{
    [Fact]
    public void Write_AnyPieces_AreAllThereInOrder() =>
        Gen.Select(Gen.Byte.Array[0, 700].Array[0, 20], Gen.Int[0, 3]).Sample(static (pieces, way) =>
        {
            using var buffer = new PooledBuffer(16);
            foreach (var piece in pieces) Append(buffer, piece, way);

            Assert.Equal(pieces.SelectMany(static piece => piece), buffer.Written.ToArray());
            Assert.Equal(pieces.Sum(static piece => piece.Length), buffer.WrittenBytes);
        });

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5000)]
    public void GetSpan_Hint_IsHonoured(int hint)
    {
        using var buffer = new PooledBuffer(1);
        buffer.Write(new byte[250]);

        Assert.True(buffer.GetSpan(hint).Length >= Math.Max(hint, 1));
        Assert.True(buffer.GetMemory(hint).Length >= Math.Max(hint, 1));
    }

    [Fact]
    public void GetSpan_BufferFull_IsNeverEmpty()
    {
        using var buffer = new PooledBuffer(256);
        buffer.Write(new byte[buffer.Capacity]);

        Assert.False(buffer.GetSpan().IsEmpty);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    public void AnyMember_NegativeCount_Throws(int count)
    {
        using var buffer = new PooledBuffer(256);
        buffer.Write("abc"u8);

        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Advance(count));
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Truncate(count));
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.GetMemory(count));
        Assert.Equal(3, buffer.WrittenBytes);
    }

    [Fact]
    public void Advance_PastTheEnd_Throws()
    {
        using var buffer = new PooledBuffer(256);

        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Advance(buffer.Capacity + 1));
    }

    [Fact]
    public void Truncate_ToLess_TakesTheRestBack()
    {
        using var buffer = new PooledBuffer(256);
        buffer.Write("abcdef"u8);

        buffer.Truncate(2);
        buffer.Write("x"u8);

        Assert.Equal("abx"u8.ToArray(), buffer.Written.ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Truncate(4));
    }

    [Fact]
    public void Dispose_Twice_IsHarmlessAndEndsIt()
    {
        var buffer = new PooledBuffer(256);
        buffer.Write("abc"u8);

        buffer.Dispose();
        buffer.Dispose();

        Assert.Equal(0, buffer.WrittenBytes);
        Assert.Throws<ObjectDisposedException>(() => buffer.Write("abc"u8));
        Assert.Throws<ObjectDisposedException>(() => buffer.GetMemory());
    }

    [Fact]
    public void GetSpan_MoreThanAnArrayHolds_Throws()
    {
        using var buffer = new PooledBuffer(256);
        buffer.Write("abc"u8);

        Assert.Throws<InvalidOperationException>(() => buffer.GetMemory(int.MaxValue));
    }

    private static void Append(PooledBuffer buffer, byte[] piece, int way)
    {
        switch (way)
        {
            case 0:
                buffer.Write(piece);
                break;
            case 1:
                ((IBufferWriter<byte>)buffer).Write(piece);
                break;
            case 2:
                piece.CopyTo(buffer.GetSpan(piece.Length));
                buffer.Advance(piece.Length);
                break;
            default:
                piece.CopyTo(buffer.GetMemory(piece.Length));
                buffer.Advance(piece.Length);
                break;
        }
    }
}
