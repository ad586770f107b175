using DStream.Core;

namespace DStream.Contracts.Tests;

/// <summary>What every <see cref="IChangeSource"/> must do.</summary>
public abstract class ChangeSourceContract : IAsyncLifetime
{
    protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    private IChangeSourceFixture Database { get; set; } = null!;

    public async ValueTask InitializeAsync() => Database = await StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (Database is not null) await Database.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ReadAsync_Transactions_ReturnsTheirRowsInOrder(bool functionOrder)
    {
        var table = await Database.CreateTableAsync(captured: true, Stop);
        await using var source = Database.Open(functionOrder, UpdateImages.After);
        await using var reader = await source.OpenAsync(table, Stop);
        await Database.CommitAsync(table, Stop, new RowChange.Insert(1, "a"), new RowChange.Insert(2, "b"));
        await Database.CommitAsync(table, Stop, new RowChange.Update(1, "c"), new RowChange.Delete(2));

        var upTo = await source.GetMaxLsnAsync(Stop);
        var (changes, next) = await ReadAllAsync(reader, Beginning(reader), upTo);

        Assert.Equal(
            [(ChangeOperation.Insert, 1, "a"), (ChangeOperation.Insert, 2, "b"), (ChangeOperation.UpdateAfter, 1, "c"), (ChangeOperation.Delete, 2, "b")],
            changes.Select(static change => change.Row));
        Assert.Equal(changes.OrderBy(static change => change.Position), changes);
        Assert.All(changes, change => Assert.Equal(functionOrder, change.Position.IsFunctionOrder));
        Assert.Equal(2, changes.Select(static change => change.Position.StartLsn).Distinct().Count());
        Assert.Equal(ChangePosition.EndOf(upTo), next);
    }

    [Fact]
    public async Task ReadAsync_BothImages_AreAPair()
    {
        var table = await Database.CreateTableAsync(captured: true, Stop);
        await using var source = Database.Open(functionOrder: false, UpdateImages.Both);
        await using var reader = await source.OpenAsync(table, Stop);
        await Database.CommitAsync(table, Stop, new RowChange.Insert(1, "a"));
        await Database.CommitAsync(table, Stop, new RowChange.Update(1, "b"));

        var (changes, _) = await ReadAllAsync(reader, Beginning(reader), await source.GetMaxLsnAsync(Stop));

        Assert.Equal(
            [(ChangeOperation.Insert, 1, "a"), (ChangeOperation.UpdateBefore, 1, "a"), (ChangeOperation.UpdateAfter, 1, "b")],
            changes.Select(static change => change.Row));
        Assert.Equal(changes[1].Position with { Operation = ChangeOperation.UpdateAfter }, changes[2].Position);
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 1)]
    [InlineData(false, 3)]
    [InlineData(true, 3)]
    public async Task ReadAsync_PageByPage_NeitherLosesNorRepeats(bool functionOrder, int pageRows)
    {
        var table = await Database.CreateTableAsync(captured: true, Stop);
        await using var source = Database.Open(functionOrder, UpdateImages.Both);
        await using var reader = await source.OpenAsync(table, Stop);
        await Database.CommitAsync(table, Stop, [.. Enumerable.Range(1, 7).Select(static id => new RowChange.Insert(id, "a"))]);
        await Database.CommitAsync(table, Stop, [.. Enumerable.Range(1, 7).Select(static id => new RowChange.Update(id, "b"))]);
        var upTo = await source.GetMaxLsnAsync(Stop);

        var (whole, _) = await ReadAllAsync(reader, Beginning(reader), upTo);
        var (paged, next) = await ReadAllAsync(reader, Beginning(reader), upTo, pageRows);

        Assert.Equal(21, whole.Count);
        Assert.Equal(whole, paged);
        Assert.Equal(ChangePosition.EndOf(upTo), next);
    }

    [Fact]
    public async Task ReadAsync_FewBytes_StillReturnsARow()
    {
        var table = await Database.CreateTableAsync(captured: true, Stop);
        await using var source = Database.Open(functionOrder: false, UpdateImages.After);
        await using var reader = await source.OpenAsync(table, Stop);
        await Database.CommitAsync(table, Stop, new RowChange.Insert(1, "a"), new RowChange.Insert(2, "b"));

        using var page = await reader.ReadAsync(Beginning(reader), await source.GetMaxLsnAsync(Stop), new PageLimits(100, 1), Stop);

        Assert.Equal(1, page.Events.Length);
        Assert.True(page.HasMore);
        Assert.Equal(page.Events.Span[0].Position, page.Next);
    }

    [Fact]
    public async Task ReadAsync_UpToAnEarlierLsn_LeavesLaterOut()
    {
        var table = await Database.CreateTableAsync(captured: true, Stop);
        await using var source = Database.Open(functionOrder: false, UpdateImages.After);
        await using var reader = await source.OpenAsync(table, Stop);
        await Database.CommitAsync(table, Stop, new RowChange.Insert(1, "a"));
        var between = await source.GetMaxLsnAsync(Stop);
        await Database.CommitAsync(table, Stop, new RowChange.Insert(2, "b"));

        var (early, next) = await ReadAllAsync(reader, Beginning(reader), between);
        var (late, _) = await ReadAllAsync(reader, next, await source.GetMaxLsnAsync(Stop));

        Assert.Equal(1, Assert.Single(early).Id);
        Assert.Equal(2, Assert.Single(late).Id);
    }

    [Fact]
    public async Task ReadAsync_NothingNew_MovesToTheEnd()
    {
        var (table, other) = (await Database.CreateTableAsync(captured: true, Stop), await Database.CreateTableAsync(captured: true, Stop));
        await using var source = Database.Open(functionOrder: false, UpdateImages.After);
        await using var reader = await source.OpenAsync(table, Stop);
        await Database.CommitAsync(other, Stop, new RowChange.Insert(1, "a"));
        var upTo = await source.GetMaxLsnAsync(Stop);

        var (changes, next) = await ReadAllAsync(reader, Beginning(reader), upTo);

        Assert.Empty(changes);
        Assert.Equal(ChangePosition.EndOf(upTo), next);
    }

    // Ordered by seqval alone, one of the two rows would be lost.
    [Fact]
    public async Task ReadAsync_KeysSwapped_AppliedInOrderGivesTheTable()
    {
        var table = await Database.CreateTableAsync(captured: true, Stop);
        await using var source = Database.Open(functionOrder: false, UpdateImages.After);
        await using var reader = await source.OpenAsync(table, Stop);
        await Database.CommitAsync(table, Stop, new RowChange.Insert(1, "a"), new RowChange.Insert(2, "b"));
        await Database.CommitAsync(table, Stop, new RowChange.SwapIds(1, 2));

        var (changes, _) = await ReadAllAsync(reader, Beginning(reader), await source.GetMaxLsnAsync(Stop));

        var rows = new SortedDictionary<int, string?>();
        foreach (var change in changes)
        {
            if (change.Position.Operation == ChangeOperation.Delete) Assert.True(rows.Remove(change.Id));
            else rows[change.Id] = change.Name;
        }

        Assert.Equal([(1, "b"), (2, "a")], rows.Select(static row => (row.Key, row.Value)));
    }

    // I5, I5a
    [Fact]
    public async Task ReadAsync_InBothOrders_NamesTheSameRows()
    {
        var table = await Database.CreateTableAsync(captured: true, Stop);
        await Database.CommitAsync(table, Stop, new RowChange.Insert(1, "a"), new RowChange.Insert(2, "b"));
        await Database.CommitAsync(table, Stop, new RowChange.SwapIds(1, 2), new RowChange.Update(1, "c"));

        var identities = new List<List<(Lsn, Lsn, ChangeOperation)>>();
        foreach (var functionOrder in new[] { false, true })
        {
            await using var source = Database.Open(functionOrder, UpdateImages.Both);
            await using var reader = await source.OpenAsync(table, Stop);
            var (changes, _) = await ReadAllAsync(reader, Beginning(reader), await source.GetMaxLsnAsync(Stop));
            identities.Add([.. changes.Select(static change => change.Identity).Order()]);
        }

        Assert.Equal(identities[0].Distinct(), identities[0]);
        Assert.Equal(identities[0], identities[1]);
    }

    // I5a
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ReadAsync_PositionOfTheOtherOrder_RestartsTheTransaction(bool functionOrder)
    {
        var table = await Database.CreateTableAsync(captured: true, Stop);
        await Database.CommitAsync(table, Stop, new RowChange.Insert(1, "a"));
        await Database.CommitAsync(table, Stop, new RowChange.Insert(2, "b"), new RowChange.Insert(3, "c"), new RowChange.Insert(4, "d"));
        await using var first = Database.Open(functionOrder, UpdateImages.After);
        await using var firstReader = await first.OpenAsync(table, Stop);
        var upTo = await first.GetMaxLsnAsync(Stop);
        var (changes, _) = await ReadAllAsync(firstReader, Beginning(firstReader), upTo);
        await using var second = Database.Open(!functionOrder, UpdateImages.After);
        await using var secondReader = await second.OpenAsync(table, Stop);

        var (rest, _) = await ReadAllAsync(secondReader, changes[2].Position, upTo);

        Assert.Equal([2, 3, 4], rest.Select(static change => change.Id).Order());
    }

    // I3
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ReadAsync_CleanedUpPastThePosition_IsAGapWithItsBounds(bool functionOrder)
    {
        var table = await Database.CreateTableAsync(captured: true, Stop);
        await using var source = Database.Open(functionOrder, UpdateImages.After);
        await using var reader = await source.OpenAsync(table, Stop);
        foreach (var id in new[] { 1, 2, 3 }) await Database.CommitAsync(table, Stop, new RowChange.Insert(id, "a"));
        var upTo = await source.GetMaxLsnAsync(Stop);
        var (changes, _) = await ReadAllAsync(reader, Beginning(reader), upTo);
        var position = ChangePosition.EndOf(changes[0].Position.StartLsn);

        await Database.CleanUpAsync(table, changes[2].Position.StartLsn, Stop);

        var gap = await Assert.ThrowsAsync<ChangeDataLostException>(() => ReadAllAsync(reader, position, upTo));
        Assert.Equal((table, position, changes[2].Position.StartLsn), (gap.Table, gap.Position, gap.LowLsn));
        Assert.Equal([3], (await ReadAllAsync(reader, ChangePosition.Before(gap.LowLsn), upTo)).Changes.Select(static change => change.Id));
    }

    [Fact]
    public async Task FindChangedAsync_SomeTables_AreThoseWithChanges()
    {
        var (busy, idle, gap) = (await Database.CreateTableAsync(captured: true, Stop), await Database.CreateTableAsync(captured: true, Stop), await Database.CreateTableAsync(captured: true, Stop));
        await using var source = Database.Open(functionOrder: false, UpdateImages.After);
        await Database.CommitAsync(busy, Stop, new RowChange.Insert(0, "z"));
        var before = ChangePosition.EndOf(await source.GetMaxLsnAsync(Stop));
        await Database.CommitAsync(busy, Stop, new RowChange.Insert(1, "a"));
        await Database.CommitAsync(gap, Stop, new RowChange.Insert(1, "a"));
        var upTo = await source.GetMaxLsnAsync(Stop);
        await Database.CleanUpAsync(gap, upTo, Stop);

        var changed = await source.FindChangedAsync([await At(source, busy, before), await At(source, idle, before), await At(source, gap, before)], upTo, Stop);
        var after = await source.FindChangedAsync([await At(source, busy, ChangePosition.EndOf(upTo)), await At(source, idle, before)], upTo, Stop);

        Assert.Equal([busy, gap], changed!.OrderBy(table => table == gap));
        Assert.Empty(after!);
    }

    [Fact]
    public async Task OpenAsync_NotCaptured_SaysWhatToRun()
    {
        var table = await Database.CreateTableAsync(captured: false, Stop);
        await using var source = Database.Open(functionOrder: false, UpdateImages.After);

        var failure = await Assert.ThrowsAsync<TableNotReadyException>(async () => await source.OpenAsync(table, Stop));

        Assert.Equal(table, failure.Table);
        Assert.Contains("sp_cdc_enable_table", failure.Remedy, StringComparison.Ordinal);
        Assert.Contains(table.Table, failure.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_CaptureStopped_SaysSo()
    {
        var table = await Database.CreateTableAsync(captured: true, Stop);
        await using var source = Database.Open(functionOrder: false, UpdateImages.After);
        await using var reader = await source.OpenAsync(table, Stop);
        await Database.CommitAsync(table, Stop, new RowChange.Insert(1, "a"));
        var upTo = await source.GetMaxLsnAsync(Stop);

        await Database.StopCaptureAsync(table, Stop);

        await Assert.ThrowsAsync<TableNotReadyException>(() => ReadAllAsync(reader, Beginning(reader), upTo));
    }

    [Fact]
    public async Task OpenAsync_Captured_DescribesTheTable()
    {
        var table = await Database.CreateTableAsync(captured: true, Stop);
        await using var source = Database.Open(functionOrder: true, UpdateImages.After);

        await using var reader = await source.OpenAsync(table, Stop);

        Assert.Equal(table, reader.Table.Name);
        Assert.Equal(["Id", "Name"], reader.Table.Columns);
        Assert.Equal(["Id"], reader.Table.KeyColumns);
        Assert.True(reader.Table.FunctionOrder);
        Assert.NotEqual(Lsn.Zero, reader.Table.LowLsn);
    }

    [Fact]
    public async Task AnyMember_CancelledToken_Throws()
    {
        var table = await Database.CreateTableAsync(captured: true, Stop);
        await using var source = Database.Open(functionOrder: false, UpdateImages.After);
        await using var reader = await source.OpenAsync(table, Stop);
        await Database.CommitAsync(table, Stop, new RowChange.Insert(1, "a"));
        var upTo = await source.GetMaxLsnAsync(Stop);
        var cancelled = new CancellationToken(canceled: true);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await source.GetMaxLsnAsync(cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await source.OpenAsync(table, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await reader.ReadAsync(Beginning(reader), upTo, new PageLimits(10, 1000), cancelled));
    }

    protected abstract ValueTask<IChangeSourceFixture> StartAsync();

    private static ChangePosition Beginning(ITableChangeReader reader) => ChangePosition.Before(reader.Table.LowLsn);

    private static async Task<TablePosition> At(IChangeSource source, TableName table, ChangePosition position)
    {
        await using var reader = await source.OpenAsync(table, Stop);
        return new TablePosition(reader.Table, position);
    }

    private static async Task<(List<ReadChange> Changes, ChangePosition Next)> ReadAllAsync(
        ITableChangeReader reader, ChangePosition after, Lsn upTo, int pageRows = 1000)
    {
        var changes = new List<ReadChange>();
        while (true)
        {
            using var page = await reader.ReadAsync(after, upTo, new PageLimits(pageRows, int.MaxValue), Stop);
            Assert.InRange(page.Events.Length, 0, pageRows);
            foreach (ref readonly var change in page.Events.Span) changes.Add(ReadChange.Of(change));
            after = page.Next;
            if (!page.HasMore) return (changes, after);
            Assert.Equal(page.Events.Span[^1].Position, page.Next);
        }
    }
}
