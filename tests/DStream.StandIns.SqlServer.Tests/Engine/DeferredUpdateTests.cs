namespace DStream.StandIns.SqlServer.Tests.Engine;

/// <summary>
/// Updates of a key or of a unique index are logged as deletes, then inserts: a pair shares LSN and seqval, not the command id, and all
/// deletes of a statement come before its inserts in command order.
/// </summary>
public sealed class DeferredUpdateTests : IAsyncLifetime
{
    private readonly TestServer _server = new();

    public async ValueTask InitializeAsync() => await _server.RunAsync("""
        CREATE TABLE dbo.T (ID int NOT NULL PRIMARY KEY, U int NULL, V int NULL, R rowversion);
        CREATE UNIQUE INDEX UX ON dbo.T (U);
        CREATE INDEX IX ON dbo.T (V);
        INSERT INTO dbo.T (ID, U, V) VALUES (1, 1, 1), (2, 2, 2), (3, NULL, 3);
        EXEC sys.sp_cdc_enable_db;
        EXEC sys.sp_cdc_enable_table N'dbo', N'T', @role_name = NULL, @captured_column_list = N'ID, U, V';
        """);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    /// <summary>Operation, command id, row and mask in clustered order; the letter names the seqval by its first appearance.</summary>
    private async Task<string[]> ChangesAsync(string sql)
    {
        await _server.RunAsync(sql);
        var rows = await _server.RowsAsync("SELECT [__$operation], [__$command_id], ID, U, V, [__$update_mask], [__$seqval], [__$start_lsn] FROM cdc.dbo_T_CT ORDER BY [__$start_lsn], [__$command_id], [__$seqval], [__$operation]");
        var names = new List<string>();
        return rows.Select(row =>
        {
            var seqval = Convert.ToHexString((byte[])row[6]!);
            var place = names.IndexOf(seqval);
            if (place < 0)
            {
                (place, _) = (names.Count, 0);
                names.Add(seqval);
            }
            return $"{row[0]} #{row[1]} {row[2]}/{row[3]}/{row[4]} {Convert.ToHexString((byte[])row[5]!)} {(char)('a' + place)}";
        }).ToArray();
    }

    [Fact]
    public async Task Update_OfTheKeyOfOneRow_IsAPair() =>
        Assert.Equal(["1 #1 1/1/1 07 a", "2 #2 9/1/1 07 a"], await ChangesAsync("UPDATE dbo.T SET ID = 9 WHERE ID = 1"));

    [Fact]
    public async Task Update_OfAUniqueColumnOfOneRow_IsAPair() =>
        Assert.Equal(["1 #1 1/1/1 07 a", "2 #2 1/9/1 07 a"], await ChangesAsync("UPDATE dbo.T SET U = 9 WHERE ID = 1"));

    [Fact]
    public async Task Update_OfAUniqueColumnFromNull_IsAPair() =>
        Assert.Equal(["1 #1 3//3 07 a", "2 #2 3/9/3 07 a"], await ChangesAsync("UPDATE dbo.T SET U = 9 WHERE ID = 3"));

    [Fact]
    public async Task Update_OfAColumnOfAnIndexThatIsNotUnique_StaysAnUpdate() =>
        Assert.Equal(["3 #1 1/1/1 04 a", "4 #1 1/1/9 04 a"], await ChangesAsync("UPDATE dbo.T SET V = 9 WHERE ID = 1"));

    [Fact]
    public async Task Update_ThatSetsTheSameValues_IsNothing() =>
        Assert.Empty(await ChangesAsync("UPDATE dbo.T SET ID = ID, U = U, V = V; UPDATE dbo.T SET V = 1 WHERE ID = 1"));

    [Fact]
    public async Task Update_OfManyKeys_DeletesBeforeInserts() => Assert.Equal(
        ["1 #1 1/1/1 07 a", "1 #2 2/2/2 07 b", "1 #3 3//3 07 c", "2 #4 2/1/1 07 a", "2 #5 3/2/2 07 b", "2 #6 4//3 07 c"],
        await ChangesAsync("UPDATE dbo.T SET ID = ID + 1"));

    [Fact]
    public async Task Update_OfOneKeyAmongOthers_TheOthersStayUpdates() => Assert.Equal(
        ["1 #1 1/1/1 07 a", "2 #2 9/1/2 07 a", "3 #3 2/2/2 04 b", "4 #3 2/2/3 04 b", "3 #4 3//3 04 c", "4 #4 3//4 04 c"],
        await ChangesAsync("UPDATE dbo.T SET ID = CASE WHEN ID = 1 THEN 9 ELSE ID END, V = V + 1"));

    [Fact]
    public async Task Update_ThatFailsInTheMiddle_LeavesNoCommandBehind() => Assert.Equal(
        ["2 #1 8/8/8 07 a", "3 #2 8/8/8 04 b", "4 #2 8/8/9 04 b"],
        await ChangesAsync("BEGIN TRAN; INSERT INTO dbo.T (ID, U, V) VALUES (8, 8, 8); BEGIN TRY UPDATE dbo.T SET U = 5 END TRY BEGIN CATCH END CATCH; UPDATE dbo.T SET V = 9 WHERE ID = 8; COMMIT"));

    [Fact]
    public async Task Merge_UpdatesKeysInsertsAndDeletes_InOneTransactionInCommandOrder()
    {
        var changes = await ChangesAsync("""
            MERGE dbo.T AS t USING (VALUES (1, 7), (2, 0), (5, 5)) AS s (ID, U) ON t.ID = s.ID
            WHEN MATCHED AND s.U = 0 THEN DELETE WHEN MATCHED THEN UPDATE SET U = s.U WHEN NOT MATCHED THEN INSERT (ID, U) VALUES (s.ID, s.U);
            """);

        Assert.Equal(["1 2/2/2", "1 1/1/1", "2 1/7/1", "2 5/5/"], changes.Select(c => $"{c[0]} {c.Split(' ')[2]}"));
        Assert.Equal(["#1", "#2", "#3", "#4"], changes.Select(c => c.Split(' ')[1]));
    }

    [Fact]
    public async Task RowVersion_Captured_IsBinary8AndChangesWithEveryUpdate()
    {
        await _server.RunAsync("EXEC sys.sp_cdc_enable_table N'dbo', N'T', N'all_columns', @role_name = NULL; UPDATE dbo.T SET V = 9 WHERE ID = 1");

        var result = (await _server.RunAsync("SELECT R, [__$update_mask] FROM cdc.all_columns_CT ORDER BY [__$operation]")).Results[0];

        Assert.Equal((Types.SqlKind.Binary, 8), (result.Columns[0].Type.Kind, result.Columns[0].Type.MaxLength));
        Assert.All(result.Rows, row => Assert.Equal("0C", Convert.ToHexString((byte[])row[1]!)));
        Assert.NotEqual(result.Rows[0][0], result.Rows[1][0]);
    }
}
