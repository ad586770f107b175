using System.Data;
using Microsoft.Data.SqlClient;

namespace DStream.StandIns.SqlServer.Tests.BulkLoad;

/// <summary>What SqlBulkCopy's settings come to.</summary>
public sealed class BulkCopyTests : BulkLoadTest
{
    [Fact]
    public async Task WriteToServer_BatchSize_LoadsEachBatchByItself()
    {
        await ExecuteAsync("CREATE TABLE dbo.T (Id int NOT NULL PRIMARY KEY, Name nvarchar(20) NULL)");
        using var copy = new SqlBulkCopy(Connection) { DestinationTableName = "dbo.T", BatchSize = 30, NotifyAfter = 40 };
        var notified = new List<long>();
        copy.SqlRowsCopied += (_, e) => notified.Add(e.RowsCopied);

        using var rows = Numbered(1, 100);
        await copy.WriteToServerAsync(rows, Token);

        Assert.Equal(100, await ScalarAsync("SELECT COUNT(*) FROM dbo.T"));
        Assert.Equal(100, copy.RowsCopied);
        Assert.Equal([40, 80], notified);
    }

    [Fact]
    public async Task WriteToServer_NoRows_LoadsNothing()
    {
        await ExecuteAsync("CREATE TABLE dbo.T (Id int NOT NULL PRIMARY KEY, Name nvarchar(20) NULL)");

        await CopyAsync(Numbered(1, 0));

        Assert.Equal(0, await ScalarAsync("SELECT COUNT(*) FROM dbo.T"));
    }

    [Fact]
    public async Task WriteToServer_Mappings_PutColumnsWhereTheyBelong()
    {
        await ExecuteAsync("CREATE TABLE [dbo].[a ]]table] (Id int NOT NULL PRIMARY KEY, [the, name] nvarchar(20) NULL, Other int NULL DEFAULT 7)");
        using var copy = new SqlBulkCopy(Connection) { DestinationTableName = "[TestDB].[dbo].[a ]]table]" };
        copy.ColumnMappings.Add("Name", "[the, name]");
        copy.ColumnMappings.Add("Id", "Id");
        using var rows = Numbered(1, 2);

        await copy.WriteToServerAsync(rows, Token);

        Assert.Equal([[1, "row 1", 7], [2, "row 2", 7]], await RowsAsync("SELECT * FROM [a ]]table]"));
    }

    [Theory]
    [InlineData(SqlBulkCopyOptions.Default, 7, 101)]
    [InlineData(SqlBulkCopyOptions.KeepIdentity, 7, 5)]
    [InlineData(SqlBulkCopyOptions.KeepNulls, null, 101)]
    [InlineData(SqlBulkCopyOptions.KeepNulls | SqlBulkCopyOptions.KeepIdentity, null, 5)]
    public async Task WriteToServer_KeepOptions_DecideAboutDefaultsAndIdentity(SqlBulkCopyOptions options, int? number, int id)
    {
        await ExecuteAsync("CREATE TABLE dbo.T (Id int IDENTITY(101, 1) PRIMARY KEY, Number int NULL DEFAULT 7, At datetime2 NOT NULL DEFAULT SYSUTCDATETIME())");
        using var rows = new DataTable { Columns = { { "Id", typeof(int) }, { "Number", typeof(int) } } };
        rows.Rows.Add(5, DBNull.Value);
        using var copy = new SqlBulkCopy(Connection, options, null) { DestinationTableName = "dbo.T", ColumnMappings = { { "Id", "Id" }, { "Number", "Number" } } };

        await copy.WriteToServerAsync(rows, Token);

        Assert.Equal([[id, number ?? (object)DBNull.Value]], await RowsAsync("SELECT Id, Number FROM dbo.T"));
        await ExecuteAsync("INSERT INTO dbo.T (Number) VALUES (1)");
        Assert.Equal(Math.Max(101, id + 1), await ScalarAsync("SELECT MAX(Id) FROM dbo.T"));
    }

    [Fact]
    public async Task WriteToServer_OtherOptions_AreTaken()
    {
        await ExecuteAsync("CREATE TABLE dbo.T (Id int NOT NULL PRIMARY KEY, Name nvarchar(20) NULL)");
        using var rows = Numbered(1, 5);
        using var copy = new SqlBulkCopy(
            Connection, SqlBulkCopyOptions.CheckConstraints | SqlBulkCopyOptions.FireTriggers | SqlBulkCopyOptions.TableLock | SqlBulkCopyOptions.KeepNulls, null)
        {
            DestinationTableName = "dbo.T", ColumnOrderHints = { { "Id", SortOrder.Ascending } },
        };

        await copy.WriteToServerAsync(rows, Token);

        Assert.Equal(5, await ScalarAsync("SELECT COUNT(*) FROM dbo.T"));
    }

    [Fact]
    public async Task WriteToServer_TempTable_IsTheSessions()
    {
        await ExecuteAsync("CREATE TABLE #T (Id int NOT NULL PRIMARY KEY, Name nvarchar(20) NULL)");

        await CopyAsync(Numbered(1, 5), "#T");

        Assert.Equal(15, await ScalarAsync("SELECT SUM(Id) FROM #T"));
    }

    [Fact]
    public async Task WriteToServer_SqlDataReaderStreamed_CopiesLargeValues()
    {
        var text = string.Concat(Enumerable.Range(0, 100_000).Select(i => $"{i:D5}é"));
        var bytes = new byte[2_000_000];
        new Random(3).NextBytes(bytes);
        await ExecuteAsync("CREATE TABLE dbo.T (Id int NOT NULL PRIMARY KEY, Text nvarchar(max) NULL, Bytes varbinary(max) NULL, Ansi varchar(max) NULL, Old ntext NULL)");
        await ExecuteAsync("CREATE TABLE dbo.U (Id int NOT NULL PRIMARY KEY, Text nvarchar(max) NULL, Bytes varbinary(max) NULL, Ansi varchar(max) NULL, Old ntext NULL)");
        using (var rows = new DataTable { Columns = { { "Id", typeof(int) }, { "Text", typeof(string) }, { "Bytes", typeof(byte[]) }, { "Ansi", typeof(string) }, { "Old", typeof(string) } } })
        {
            for (var i = 0; i < 2; i++) rows.Rows.Add(i, text, bytes, text, text);
            await CopyAsync(rows);
        }

        await using (var source = await OpenAsync("Packet Size=4096"))
        await using (var select = new SqlCommand("SELECT * FROM dbo.T", source))
        await using (var reader = await select.ExecuteReaderAsync(CommandBehavior.SequentialAccess, Token))
        using (var copy = new SqlBulkCopy(Connection) { DestinationTableName = "dbo.U", EnableStreaming = true })
            await copy.WriteToServerAsync(reader, Token);

        foreach (var row in await RowsAsync("SELECT Text, Bytes, Ansi, Old FROM dbo.U")) Assert.Equal([text, bytes, text, text], row);
    }

    [Fact]
    public async Task WriteToServer_TrackedTable_IsCapturedLikeOtherRows()
    {
        await ExecuteAsync("EXEC sys.sp_cdc_enable_db; CREATE TABLE dbo.T (Id int NOT NULL PRIMARY KEY, Name nvarchar(20) NULL)");
        await ExecuteAsync("EXEC sys.sp_cdc_enable_table N'dbo', N'T', @role_name = NULL");

        await CopyAsync(Numbered(1, 1000));

        var changes = await RowsAsync("SELECT __$operation, Id, Name, __$start_lsn FROM cdc.dbo_T_CT ORDER BY __$start_lsn, __$command_id, __$seqval");
        Assert.Equal(Enumerable.Range(1, 1000).Select(i => (2, i, $"row {i}")), changes.Select(row => ((int)row[0], (int)row[1], (string)row[2])));
        Assert.Single(changes.Select(row => Convert.ToHexString((byte[])row[3])).Distinct());
    }
}
