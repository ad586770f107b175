using CsCheck;

namespace DStream.Core.Tests;

public sealed class BatchCutterTests
{
    private static readonly SendLimits Limits = new(MaxMessageBytes: 150, MaxBatchBytes: 100, MaxBatchMessages: 5, FramingBytes: 10);

    private static readonly Gen<SendLimits> AnyLimits = Gen.Select(Gen.Int[30, 200], Gen.Int[20, 200], Gen.Int[0, 8], Gen.Int[0, 10]).Select(
        static (message, batch, count, framing) => new SendLimits(message, batch, count, framing));

    // Rows as a source gives them: an image before an update is followed by the one after it.
    private static readonly Gen<(int Bytes, ChangeOperation Operation)[]> Rows = Gen.Select(Gen.Int[0, 60], Gen.Int[0, 60], Gen.Int[0, 3])
        .Select(static (first, second, kind) => kind switch
        {
            0 => new[] { (first, ChangeOperation.UpdateBefore), (second, ChangeOperation.UpdateAfter) },
            1 => [(first, ChangeOperation.Insert)],
            2 => [(first, ChangeOperation.Delete)],
            _ => [(first, ChangeOperation.UpdateAfter)],
        }).Array[0, 30].Select(static groups => groups.SelectMany(static group => group).ToArray());

    [Fact]
    public void Take_NoMessages_ReturnsZero() => Assert.Equal(0, BatchCutter.Take([], [], Limits));

    [Fact]
    public void Take_AllFit_TakesAll() => Assert.Equal(3, Take([20, 20, 20]));

    [Fact]
    public void Take_ExactlyFull_TakesAll() => Assert.Equal(2, Take([40, 40]));

    [Fact]
    public void Take_OneByteOver_LeavesTheLast() => Assert.Equal(1, Take([40, 41]));

    [Fact]
    public void Take_MoreThanTheCount_StopsAtIt() => Assert.Equal(5, Take([1, 1, 1, 1, 1, 1]));

    [Fact]
    public void Take_FirstFitsNoBatchButASend_GoesAlone() => Assert.Equal(1, Take([140, 1]));

    [Fact]
    public void Take_FirstFitsNoSend_ReturnsMinusOne() => Assert.Equal(-1, Take([141, 1]));

    [Fact]
    public void Take_LaterFitsNoSend_StopsBeforeIt() => Assert.Equal(2, Take([1, 1, 200]));

    [Fact]
    public void Take_LengthsNearTheEndOfInt_DoNotOverflow() => Assert.Equal(-1, Take([int.MaxValue, int.MaxValue]));

    [Fact]
    public void Take_PairAcrossTheEnd_LeavesBothForTheNext() => Assert.Equal(1, BatchCutter.Take(
        [30, 30, 30], [ChangeOperation.Insert, ChangeOperation.UpdateBefore, ChangeOperation.UpdateAfter], Limits));

    [Fact]
    public void Take_PairThatFitsNoBatch_IsDivided() => Assert.Equal(1, BatchCutter.Take(
        [60, 60], [ChangeOperation.UpdateBefore, ChangeOperation.UpdateAfter], Limits));

    [Fact]
    public void Take_AnyRows_GoesOnToTheEndWithinTheLimits() => Gen.Select(Rows, AnyLimits).Sample(static (rows, limits) =>
    {
        var (bytes, operations) = (rows.Select(static row => row.Bytes).ToArray(), rows.Select(static row => row.Operation).ToArray());
        for (var at = 0; at < rows.Length;)
        {
            var taken = BatchCutter.Take(bytes.AsSpan(at), operations.AsSpan(at), limits);
            if (taken == -1)
            {
                Assert.True(bytes[at] + limits.FramingBytes > limits.MaxMessageBytes);
                return;
            }

            Assert.InRange(taken, 1, rows.Length - at);
            var sizes = bytes.Skip(at).Take(taken).Select(size => size + limits.FramingBytes).ToArray();
            Assert.All(sizes, size => Assert.True(size <= limits.MaxMessageBytes));
            Assert.True(taken == 1 || (sizes.Sum() <= limits.MaxBatchBytes && taken <= limits.MaxBatchMessages));
            AssertNoPairIsDivided(rows, at, taken, limits);
            at += taken;
        }
    });

    [Fact]
    public void Take_AnyRows_TakesAsManyAsFit() => Gen.Select(Rows, AnyLimits).Sample(static (rows, limits) =>
    {
        var (bytes, operations) = (rows.Select(static row => row.Bytes).ToArray(), rows.Select(static row => row.Operation).ToArray());
        var taken = BatchCutter.Take(bytes, operations, limits);
        if (taken <= 0 || taken == rows.Length) return;

        // What would have had to come along: the next message, or the next pair.
        var more = rows[taken].Operation == ChangeOperation.UpdateBefore && taken + 1 < rows.Length ? 2 : 1;
        var sizes = rows.Take(taken + more).Select(row => row.Bytes + limits.FramingBytes).ToArray();
        Assert.True(
            sizes.Sum() > limits.MaxBatchBytes || sizes.Length > limits.MaxBatchMessages || sizes[^1] > limits.MaxMessageBytes
            || sizes[taken] > limits.MaxMessageBytes);
    });

    private static void AssertNoPairIsDivided((int Bytes, ChangeOperation Operation)[] rows, int at, int taken, SendLimits limits)
    {
        var last = at + taken - 1;
        if (rows[last].Operation != ChangeOperation.UpdateBefore || last + 1 == rows.Length) return;
        // Divided only where the two alone are more than a batch takes.
        var pair = rows[last].Bytes + rows[last + 1].Bytes + (2 * limits.FramingBytes);
        Assert.Equal(1, taken);
        Assert.True(
            pair > limits.MaxBatchBytes || limits.MaxBatchMessages < 2 || rows[last + 1].Bytes + limits.FramingBytes > limits.MaxMessageBytes);
    }

    private static int Take(int[] bytes) => BatchCutter.Take(bytes, Enumerable.Repeat(ChangeOperation.Insert, bytes.Length).ToArray(), Limits);
}
