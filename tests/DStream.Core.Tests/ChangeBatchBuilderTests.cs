using System.Buffers;
using System.Text;
using CsCheck;

namespace DStream.Core.Tests;

public sealed class ChangeBatchBuilderTests
{
    private static readonly ChangePosition End = ChangePosition.EndOf(Generators.LsnOf(3));

    [Fact]
    public void Build_AnyRows_HoldsThemInOrder() => Gen.Select(Generators.Row, Gen.String[0, 200]).Array[0, 700].Sample(static rows =>
    {
        using var builder = new ChangeBatchBuilder(16);
        foreach (var (index, (position, text)) in rows.Index())
        {
            builder.Writer.Write(Encoding.UTF8.GetBytes(text));
            builder.Add(position, DateTime.UnixEpoch.AddSeconds(index), (ulong)index, index % 3 == 0 ? [text] : null);
        }

        using var batch = builder.Build(End, hasMore: true);

        Assert.Equal(rows.Length, batch.Events.Length);
        foreach (var (index, (position, text)) in rows.Index())
        {
            var change = batch.Events.Span[index];
            Assert.Equal(position, change.Position);
            Assert.Equal(position.Operation, change.Operation);
            Assert.Equal(Encoding.UTF8.GetBytes(text), change.Data.ToArray());
            Assert.Equal(DateTime.UnixEpoch.AddSeconds(index), change.CommitTime);
            Assert.Equal((ulong)index, change.KeyHash);
            Assert.Equal(index % 3 == 0, change.Unavailable is not null);
        }
    }, iter: 50);

    [Fact]
    public void Build_NoRows_IsAnEmptyBatch()
    {
        using var builder = new ChangeBatchBuilder(16);

        using var batch = builder.Build(End, hasMore: false);

        Assert.True(batch.Events.IsEmpty);
        Assert.Equal(End, batch.Next);
        Assert.False(batch.HasMore);
        Assert.Equal(0, batch.DataBytes);
    }

    [Fact]
    public void Build_RowWrittenButNotAdded_IsLeftOut()
    {
        using var builder = new ChangeBatchBuilder(16);
        Write(builder, "{\"a\":1}");
        builder.Writer.Write("{\"half"u8);

        using var batch = builder.Build(End, hasMore: true);

        Assert.Equal("{\"a\":1}", Encoding.UTF8.GetString(Assert.Single(batch.Events.ToArray()).Data.Span));
        Assert.Equal(7, batch.DataBytes);
    }

    [Fact]
    public void Count_WhileAdding_FollowsRowsAndBytes()
    {
        using var builder = new ChangeBatchBuilder(16);

        Write(builder, "{}");
        builder.Writer.Write("abc"u8);

        Assert.Equal(1, builder.Count);
        Assert.Equal(5, builder.DataBytes);
    }

    [Fact]
    public void Build_Twice_Throws()
    {
        using var builder = new ChangeBatchBuilder(16);
        using var batch = builder.Build(End, hasMore: false);

        Assert.Throws<ObjectDisposedException>(() => builder.Build(End, hasMore: false));
        Assert.Throws<ObjectDisposedException>(() => Write(builder, "{}"));
    }

    [Fact]
    public void Dispose_AfterBuild_LeavesTheMemoryToTheBatch()
    {
        var builder = new ChangeBatchBuilder(16);
        Write(builder, "{\"a\":1}");
        using var batch = builder.Build(End, hasMore: false);

        builder.Dispose();
        using var other = new PooledBuffer(16);
        other.Write("overwritten"u8);

        Assert.Equal("{\"a\":1}", Encoding.UTF8.GetString(batch.Events.Span[0].Data.Span));
    }

    [Fact]
    public void Dispose_OfTheBatchTwice_IsHarmless()
    {
        using var builder = new ChangeBatchBuilder(16);
        Write(builder, "{}");
        var batch = builder.Build(End, hasMore: false);

        batch.Dispose();
        batch.Dispose();

        Assert.True(batch.Events.IsEmpty);
    }

    [Fact]
    public void Page_ManyRows_AllocatesNothingARow()
    {
        AllocatedBy(5000);

        var (few, many) = (AllocatedBy(100), AllocatedBy(5000));

        // 4,900 rows more may cost no more than a few objects of the pools.
        Assert.InRange(many - few, long.MinValue, 4900);
    }

    private static long AllocatedBy(int rows)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        using (var builder = new ChangeBatchBuilder(64 * 1024))
        {
            for (var row = 0; row < rows; row++)
            {
                ((PooledBuffer)builder.Writer).Write("{\"ID\":1}"u8);
                builder.Add(End, DateTime.UnixEpoch, 0, null);
            }

            builder.Build(End, hasMore: false).Dispose();
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static void Write(ChangeBatchBuilder builder, string json)
    {
        builder.Writer.Write(Encoding.UTF8.GetBytes(json));
        builder.Add(End, null, 0, null);
    }
}
