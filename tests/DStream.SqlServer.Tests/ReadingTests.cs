using DStream.Core;

namespace DStream.SqlServer.Tests;

/// <summary>Pages, order and positions, against the stand-in.</summary>
public sealed class ReadingTests : IAsyncLifetime
{
    private static readonly TableName Table = new("dbo", "t");
    private StandIn _server = null!;

    public static TheoryData<ReadMode, int> ModesAndPages => new MatrixTheoryData<ReadMode, int>(Enum.GetValues<ReadMode>(), [1, 2, 3, 7, 1000]);

    public static TheoryData<ReadMode> Modes => [.. Enum.GetValues<ReadMode>()];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await StandIn.StartAsync();
        await _server.CreateTableAsync();
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [MemberData(nameof(ModesAndPages))]
    public async Task ReadAsync_ManyTransactionsInPages_GivesEveryRowOnceInOrder(ReadMode mode, int pageRows)
    {
        await _server.RunAsync("""
            INSERT INTO dbo.t VALUES (1, N'a'), (2, N'b'), (3, N'c'), (4, N'd'), (5, N'e');
            UPDATE dbo.t SET v = v + N'!' WHERE id <= 3;
            BEGIN TRANSACTION; INSERT INTO dbo.t VALUES (6, N'f'); UPDATE dbo.t SET v = N'g' WHERE id = 6; DELETE FROM dbo.t WHERE id = 1; COMMIT;
            DELETE FROM dbo.t WHERE id = 2;
            """);
        string[] expected =
        [
            Row(2, 1, "a"), Row(2, 2, "b"), Row(2, 3, "c"), Row(2, 4, "d"), Row(2, 5, "e"),
            Row(3, 1, "a"), Row(4, 1, "a!"), Row(3, 2, "b"), Row(4, 2, "b!"), Row(3, 3, "c"), Row(4, 3, "c!"),
            Row(2, 6, "f"), Row(3, 6, "f"), Row(4, 6, "g"), Row(1, 1, "a!"), Row(1, 2, "b!"),
        ];

        var (both, next) = await ReadAsync(mode, UpdateImages.Both, pageRows);
        var (after, _) = await ReadAsync(mode, UpdateImages.After, pageRows);

        Assert.Equal(expected, both.Select(row => row.Text));
        Assert.Equal(expected.Where(row => row[0] != '3'), after.Select(row => row.Text));
        Assert.Equal(both.Select(row => row.Position).Order(), both.Select(row => row.Position));
        Assert.True(next.IsEndOfTransaction);
        Assert.All(both, row => Assert.NotNull(row.CommitTime));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    public async Task ReadAsync_KeysSwapped_KeepsCommandOrder(int pageRows)
    {
        await _server.RunAsync("INSERT INTO dbo.t VALUES (1, N'a'), (2, N'b'); UPDATE dbo.t SET id = 3 - id;");

        var (rows, _) = await ReadAsync(ReadMode.Auto, UpdateImages.Both, pageRows);

        // All deletes of the statement precede its inserts: by seqval alone a copy of the table would lose a row.
        Assert.Equal([1, 1, 2, 2], rows.Skip(2).Select(row => row.Operation));
        var copy = new Dictionary<string, string>();
        foreach (var row in rows)
        {
            var id = row.Data.Split(',')[0];
            if (row.Operation == 1) copy.Remove(id);
            else copy[id] = row.Data;
        }

        Assert.Equal(["{\"id\":1,\"v\":\"b\"}", "{\"id\":2,\"v\":\"a\"}"], copy.Values.Order());
    }

    [Theory]
    [InlineData(ReadMode.Function, ReadMode.Auto)]
    [InlineData(ReadMode.Auto, ReadMode.Function)]
    public async Task ReadAsync_OtherModeInsideATransaction_RepeatsThatTransactionFromItsBeginning(ReadMode first, ReadMode then)
    {
        await _server.RunAsync("INSERT INTO dbo.t VALUES (1, N'a'); INSERT INTO dbo.t VALUES (2, N'b'), (3, N'c'), (4, N'd'), (5, N'e');");
        await using var source = _server.Source(first);
        await using var reader = await source.OpenAsync(Table, Stop);
        var upTo = await source.GetMaxLsnAsync(Stop);
        using var page = await reader.ReadAsync(ChangePosition.Before(reader.Table.LowLsn), upTo, new PageLimits(3, int.MaxValue), Stop);
        Assert.True(page.Next.IsInsideTransaction);

        await using var other = _server.Source(then);
        await using var otherReader = await other.OpenAsync(Table, Stop);
        var (rows, _) = await StandIn.ReadAllAsync(otherReader, page.Next, upTo);

        Assert.Equal([Row(2, 2, "b"), Row(2, 3, "c"), Row(2, 4, "d"), Row(2, 5, "e")], rows.Select(row => row.Text));
        var identities = page.Events.ToArray().Skip(1).Select(e => (e.Position.StartLsn, e.Position.SeqVal, e.Operation));
        Assert.Equal(identities, rows.Take(2).Select(row => row.Identity));
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task ReadAsync_Idle_MovesTheNextPositionToTheHighEnd(ReadMode mode)
    {
        await _server.CreateTableAsync("other");
        await _server.RunAsync("INSERT INTO dbo.t VALUES (1, N'a');");
        await using var source = _server.Source(mode);
        await using var reader = await source.OpenAsync(Table, Stop);
        var (_, position) = await StandIn.ReadAllAsync(reader, ChangePosition.Before(reader.Table.LowLsn), await source.GetMaxLsnAsync(Stop));
        await _server.RunAsync("INSERT INTO dbo.other VALUES (1, N'a');");
        var upTo = await source.GetMaxLsnAsync(Stop);

        var (rows, next) = await StandIn.ReadAllAsync(reader, position, upTo);

        Assert.Empty(rows);
        Assert.Equal(ChangePosition.EndOf(upTo), next);
        Assert.Equal(next, (await StandIn.ReadAllAsync(reader, next, upTo)).Next);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task ReadAsync_UpperBound_LeavesLaterTransactionsOut(ReadMode mode)
    {
        await _server.RunAsync("INSERT INTO dbo.t VALUES (1, N'a');");
        await using var source = _server.Source(mode);
        await using var reader = await source.OpenAsync(Table, Stop);
        var upTo = await source.GetMaxLsnAsync(Stop);
        await _server.RunAsync("INSERT INTO dbo.t VALUES (2, N'b');");

        var (rows, next) = await StandIn.ReadAllAsync(reader, ChangePosition.Before(reader.Table.LowLsn), upTo);

        Assert.Equal([Row(2, 1, "a")], rows.Select(row => row.Text));
        Assert.Equal(ChangePosition.EndOf(upTo), next);
    }

    [Fact]
    public async Task ReadAsync_TwoModes_AgreeOnIdentities()
    {
        await _server.RunAsync("INSERT INTO dbo.t VALUES (1, N'a'), (2, N'b'); UPDATE dbo.t SET id = 3 - id; UPDATE dbo.t SET v = N'z';");

        var (command, _) = await ReadAsync(ReadMode.ChangeTable, UpdateImages.Both, 1000);
        var (function, _) = await ReadAsync(ReadMode.Function, UpdateImages.Both, 1000);

        Assert.Equal(command.Select(row => row.Identity).Order(), function.Select(row => row.Identity).Order());
        Assert.Equal(command.Count, command.DistinctBy(row => row.Identity).Count());
    }

    [Fact]
    public async Task GetMaxLsnAsync_NothingCaptured_IsZeroAndNothingIsRead()
    {
        await using var server = await StandIn.StartAsync();
        await using var source = server.Source();
        var max = await source.GetMaxLsnAsync(Stop);
        await server.CreateTableAsync();
        await using var reader = await source.OpenAsync(Table, Stop);

        var (rows, next) = await StandIn.ReadAllAsync(reader, ChangePosition.Before(reader.Table.LowLsn), max);

        Assert.Equal(Lsn.Zero, max);
        Assert.Empty(rows);
        Assert.Equal(ChangePosition.Before(reader.Table.LowLsn), next);
    }

    private async Task<(List<ReadRow> Rows, ChangePosition Next)> ReadAsync(ReadMode mode, UpdateImages images, int pageRows)
    {
        await using var source = _server.Source(mode, images);
        await using var reader = await source.OpenAsync(Table, Stop);
        Assert.Equal(mode == ReadMode.Function, reader.Table.FunctionOrder);
        return await StandIn.ReadAllAsync(reader, ChangePosition.Before(reader.Table.LowLsn), await source.GetMaxLsnAsync(Stop), pageRows);
    }

    private static string Row(int operation, int id, string v) => $"{operation} {{\"id\":{id},\"v\":\"{v}\"}}";
}
