using System.Data;
using DStream.StandIns.SqlServer.Faults;
using Microsoft.Data.SqlClient;

namespace DStream.StandIns.SqlServer.Tests.BulkLoad;

/// <summary>A bulk load that does not reach its end leaves nothing of its batch, and the connection usable.</summary>
public sealed class BulkFailureTests : BulkLoadTest
{
    private static readonly string[] Names = ["Id", "Name"];

    [Fact]
    public async Task WriteToServer_DuplicateKey_UndoesTheBatch()
    {
        await CreateAsync();
        await ExecuteAsync("INSERT INTO dbo.T (Id) VALUES (150)");

        var error = await Assert.ThrowsAsync<SqlException>(() => CopyAsync(Numbered(1, 300), batch: 100));

        Assert.Equal((2627, 14), (error.Number, error.Class));
        Assert.Equal([[101]], await RowsAsync("SELECT COUNT(*) FROM dbo.T"));
        Assert.Equal([[100]], await RowsAsync("SELECT MAX(Id) FROM dbo.T WHERE Name IS NOT NULL"));
    }

    [Fact]
    public async Task WriteToServer_NotNullColumnLeftOut_Fails515()
    {
        await ExecuteAsync("CREATE TABLE dbo.T (Id int NOT NULL PRIMARY KEY, Name nvarchar(20) NULL, Sure int NOT NULL)");

        var error = await Assert.ThrowsAsync<SqlException>(() => CopyAsync(Numbered(1, 3)));

        Assert.Equal(515, error.Number);
        Assert.Equal(0, await ScalarAsync("SELECT COUNT(*) FROM dbo.T"));
    }

    [Theory]
    [InlineData(SqlBulkCopyOptions.CheckConstraints, 0)]
    [InlineData(SqlBulkCopyOptions.Default, 3)]
    public async Task WriteToServer_CheckDoesNotHold_FailsWhereItIsAskedFor(SqlBulkCopyOptions options, int rowsThere)
    {
        await ExecuteAsync("CREATE TABLE dbo.T (Id int NOT NULL PRIMARY KEY CHECK (Id < 3), Name nvarchar(20) NULL)");
        using var rows = Numbered(1, 3);
        using var copy = new SqlBulkCopy(Connection, options, null) { DestinationTableName = "dbo.T" };

        var error = await Record.ExceptionAsync(() => copy.WriteToServerAsync(rows, Token)) as SqlException;

        Assert.Equal(rowsThere == 0 ? 547 : null, error?.Number);
        Assert.Equal(rowsThere, await ScalarAsync("SELECT COUNT(*) FROM dbo.T"));
    }

    [Fact]
    public async Task WriteToServer_BytesTooLong_Fails4815()
    {
        await ExecuteAsync("CREATE TABLE dbo.T (Id int NOT NULL PRIMARY KEY, Bytes varbinary(3) NULL)");
        using var rows = new DataTable { Columns = { { "Id", typeof(int) }, { "Bytes", typeof(byte[]) } } };
        rows.Rows.Add(1, new byte[3]);
        rows.Rows.Add(2, new byte[4]);

        var error = await Assert.ThrowsAsync<SqlException>(() => CopyAsync(rows));

        Assert.Equal(4815, error.Number);
        Assert.Equal(0, await ScalarAsync("SELECT COUNT(*) FROM dbo.T"));
    }

    [Fact]
    public async Task WriteToServer_TableThatIsNotThere_Fails()
    {
        await Assert.ThrowsAnyAsync<Exception>(() => CopyAsync(Numbered(1, 3), "dbo.Nowhere"));

        Assert.Equal(1, await ScalarAsync("SELECT 1"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WriteToServer_InATransaction_EndsWithIt(bool commits)
    {
        await CreateAsync();
        await using (var transaction = (SqlTransaction)await Connection.BeginTransactionAsync(Token))
        {
            using var rows = Numbered(1, 10);
            using var copy = new SqlBulkCopy(Connection, SqlBulkCopyOptions.Default, transaction) { DestinationTableName = "dbo.T", BatchSize = 3 };
            await copy.WriteToServerAsync(rows, Token);
            Assert.Equal(10, await ScalarAsync("SELECT COUNT(*) FROM dbo.T", transaction));
            if (commits) await transaction.CommitAsync(Token);
            else await transaction.RollbackAsync(Token);
        }

        Assert.Equal(commits ? 10 : 0, await ScalarAsync("SELECT COUNT(*) FROM dbo.T"));
    }

    [Fact]
    public async Task WriteToServer_FailsInATransaction_LeavesItOpenWithWhatWasBefore()
    {
        await CreateAsync();
        await using var transaction = (SqlTransaction)await Connection.BeginTransactionAsync(Token);
        await ExecuteAsync("INSERT INTO dbo.T (Id) VALUES (5)", transaction);
        using var rows = Numbered(1, 10);
        using var copy = new SqlBulkCopy(Connection, SqlBulkCopyOptions.Default, transaction) { DestinationTableName = "dbo.T" };

        await Assert.ThrowsAsync<SqlException>(() => copy.WriteToServerAsync(rows, Token));

        Assert.Equal(1, await ScalarAsync("SELECT COUNT(*) FROM dbo.T", transaction));
        await transaction.CommitAsync(Token);
        Assert.Equal(1, await ScalarAsync("SELECT COUNT(*) FROM dbo.T"));
    }

    [Fact]
    public async Task WriteToServer_InternalTransaction_UndoesTheFailedBatchOnly()
    {
        await CreateAsync();
        await ExecuteAsync("INSERT INTO dbo.T (Id) VALUES (250)");
        using var rows = Numbered(1, 300);
        using var copy = new SqlBulkCopy(Connection, SqlBulkCopyOptions.UseInternalTransaction, null) { DestinationTableName = "dbo.T", BatchSize = 100 };

        await Assert.ThrowsAsync<SqlException>(() => copy.WriteToServerAsync(rows, Token));

        Assert.Equal(201, await ScalarAsync("SELECT COUNT(*) FROM dbo.T"));
        Assert.Equal(0, await ScalarAsync("SELECT @@TRANCOUNT"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WriteToServer_SourceFailsInTheMiddle_LeavesNothingAndTheConnection(bool isAsync)
    {
        await CreateAsync();
        using var source = new ObjectReader(Names, Failing(5000));
        using var copy = new SqlBulkCopy(Connection) { DestinationTableName = "dbo.T" };

#pragma warning disable CA1849 // Both halves of the client.
        if (isAsync) await Assert.ThrowsAsync<InvalidDataException>(() => copy.WriteToServerAsync(source, Token));
        else Assert.Throws<InvalidDataException>(() => copy.WriteToServer(source));
#pragma warning restore CA1849

        for (var i = 0; i < 3; i++) Assert.Equal(0, await ScalarAsync("SELECT COUNT(*) FROM dbo.T"));
        await CopyAsync(Numbered(1, 10));
        Assert.Equal(10, await ScalarAsync("SELECT COUNT(*) FROM dbo.T"));
    }

    /// <summary>SqlBulkCopy ends the batch in order where its token is cancelled: without a transaction the rows sent so far stay.</summary>
    [Theory]
    [InlineData(SqlBulkCopyOptions.UseInternalTransaction, 0)]
    [InlineData(SqlBulkCopyOptions.Default, 4999)]
    public async Task WriteToServer_CancelledInTheMiddle_KeepsWhatTheClientEnded(SqlBulkCopyOptions options, int kept)
    {
        await CreateAsync();
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        using var source = new ObjectReader(Names, CancelledAfter(5000, cancel));
        using var copy = new SqlBulkCopy(Connection, options, null) { DestinationTableName = "dbo.T" };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => copy.WriteToServerAsync(source, cancel.Token));

        for (var i = 0; i < 3; i++) Assert.Equal(kept, await ScalarAsync("SELECT COUNT(*) FROM dbo.T"));
    }

    [Fact]
    public async Task WriteToServer_RowIsLocked_WaitsForItsOwner()
    {
        await CreateAsync();
        await using var other = await OpenAsync();
        await using var transaction = (SqlTransaction)await other.BeginTransactionAsync(Token);
        await using (var insert = new SqlCommand("INSERT INTO dbo.T (Id) VALUES (2999)", other, transaction)) await insert.ExecuteNonQueryAsync(Token);
        // The client waits for the response on the thread that calls it.
        var loading = Task.Run(() => CopyAsync(Numbered(1, 3000)), Token);

        await WaitUntilItHoldsItsFirstRowAsync();
        Assert.False(loading.IsCompleted);
        await transaction.RollbackAsync(Token);

        await loading;
        Assert.Equal(3000, await ScalarAsync("SELECT COUNT(*) FROM dbo.T"));
    }

    [Fact]
    public async Task WriteToServer_RowIsLocked_TimesOutAndLeavesNothing()
    {
        await CreateAsync();
        await using var other = await OpenAsync();
        await using var transaction = (SqlTransaction)await other.BeginTransactionAsync(Token);
        await using (var insert = new SqlCommand("INSERT INTO dbo.T (Id) VALUES (50)", other, transaction)) await insert.ExecuteNonQueryAsync(Token);
        using var rows = Numbered(1, 100);
        using var copy = new SqlBulkCopy(Connection) { DestinationTableName = "dbo.T", BulkCopyTimeout = 1 };

        var error = await Assert.ThrowsAsync<SqlException>(() => copy.WriteToServerAsync(rows, Token));

        Assert.Equal(-2, error.Number);
        await transaction.RollbackAsync(Token);
        Assert.Equal(0, await ScalarAsync("SELECT COUNT(*) FROM dbo.T"));
    }

    [Fact]
    public async Task Error_AfterBulkRows_UndoesTheBatch()
    {
        await CreateAsync();
        var rule = Listener.Faults.On(FaultPoint.AfterBulkRows(150)).Error(9002, 17, 4, "The transaction log is full.");

        var error = await Assert.ThrowsAsync<SqlException>(() => CopyAsync(Numbered(1, 300)));

        Assert.Equal((9002, 1), (error.Number, rule.Fired));
        Assert.Equal(0, await ScalarAsync("SELECT COUNT(*) FROM dbo.T"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Close_AfterBulkRows_UndoesTheBatch(bool reset)
    {
        await CreateAsync();
        var rule = Listener.Faults.On(FaultPoint.AfterBulkRows(150));
        _ = reset ? rule.CloseRst() : rule.CloseFin();

        await Assert.ThrowsAnyAsync<Exception>(() => CopyAsync(Numbered(1, 100_000)));

        Assert.Equal(1, rule.Fired);
        await using var other = await OpenAsync();
        await using var count = new SqlCommand("SELECT COUNT(*) FROM dbo.T", other);
        Assert.Equal(0, await count.ExecuteScalarAsync(Token));
    }

    [Fact]
    public async Task Hang_AfterBulkRows_EndsByTimeout()
    {
        await CreateAsync();
        var rule = Listener.Faults.On(FaultPoint.AfterBulkRows(150)).Hang();
        using var rows = Numbered(1, 300);
        using var copy = new SqlBulkCopy(Connection) { DestinationTableName = "dbo.T", BulkCopyTimeout = 1 };

        var error = await Assert.ThrowsAsync<SqlException>(() => copy.WriteToServerAsync(rows, Token));

        Assert.Equal((-2, 1), (error.Number, rule.Fired));
        Assert.Equal(0, await ScalarAsync("SELECT COUNT(*) FROM dbo.T"));
    }

    [Fact]
    public async Task RunThenDrop_AtBulkEnd_KeepsTheRowsAndLosesTheReply()
    {
        await CreateAsync();
        var rule = Listener.Faults.On(FaultPoint.BulkEnd).Skip(1).RunThenDrop();

        var error = await Assert.ThrowsAsync<SqlException>(() => CopyAsync(Numbered(1, 300), batch: 100));

        Assert.True(error.Class >= 20);
        Assert.Equal(1, rule.Fired);
        await using var other = await OpenAsync();
        await using var count = new SqlCommand("SELECT COUNT(*) FROM dbo.T", other);
        Assert.Equal(200, await count.ExecuteScalarAsync(Token));
    }


    private Task CreateAsync() => ExecuteAsync("CREATE TABLE dbo.T (Id int NOT NULL PRIMARY KEY, Name nvarchar(20) NULL)");

    /// <summary>Waits until the load holds the lock of its first row, and thus waits for another.</summary>
    private async Task WaitUntilItHoldsItsFirstRowAsync()
    {
        await using var other = await OpenAsync();
        await using var probe = new SqlCommand("SET LOCK_TIMEOUT 0; BEGIN TRAN; INSERT INTO dbo.T (Id) VALUES (1); ROLLBACK", other);
        while (true)
        {
            try
            {
                await probe.ExecuteNonQueryAsync(Token);
            }
            catch (SqlException e) when (e.Number == 1222)
            {
                return;
            }
        }
    }

    private static IEnumerable<object?[]> Failing(int rows)
    {
        for (var i = 1; i <= rows; i++) yield return [i, $"row {i}"];
        throw new InvalidDataException("The source broke.");
    }

    private static IEnumerable<object?[]> CancelledAfter(int rows, CancellationTokenSource cancel)
    {
        for (var i = 1; ; i++)
        {
            if (i == rows) cancel.Cancel();
            yield return [i, $"row {i}"];
        }
    }
}
