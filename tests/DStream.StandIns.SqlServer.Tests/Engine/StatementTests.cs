using DStream.StandIns.SqlServer.Types;

namespace DStream.StandIns.SqlServer.Tests.Engine;

public sealed class StatementTests
{
    [Theory]
    [InlineData("SELECT 7 / 2", 3)]
    [InlineData("SELECT CASE WHEN NULL = NULL THEN 1 ELSE 2 END", 2)]
    [InlineData("SELECT CASE 3 WHEN 2 THEN 'b' WHEN 3 THEN 'c' END", "c")]
    [InlineData("SELECT 'abc' + N'def'", "abcdef")]
    [InlineData("SELECT ISNULL(NULL, 5) + COALESCE(NULL, NULL, 6)", 11)]
    [InlineData("SELECT CAST('12' AS int) + CONVERT(int, 3.9)", 15)]
    [InlineData("SELECT LEN(N'ab  ') + DATALENGTH(N'ab  ')", 10)]
    [InlineData("SELECT QUOTENAME('a]b')", "[a]]b]")]
    [InlineData("SELECT SUBSTRING('hello', 2, 3)", "ell")]
    [InlineData("SELECT CONVERT(varchar(30), 0x0A0B, 1)", "0x0A0B")]
    [InlineData("SELECT CONVERT(varchar(10), CAST('2025-03-01' AS date), 112)", "20250301")]
    [InlineData("SELECT DATEDIFF(month, '2024-12-31', '2025-01-01')", 1)]
    [InlineData("SELECT COUNT(*) FROM (VALUES (1), (2), (3)) AS v(n) WHERE v.n IN (1, 3)", 2)]
    [InlineData("SELECT CASE WHEN 'ABC ' = 'abc' THEN 1 ELSE 0 END", 1)]
    [InlineData("SELECT CASE WHEN 0xFF > 0x01 AND 0x0101 > 0x01 AND 0x0100 = 0x01 THEN 1 ELSE 0 END", 1)]
    [InlineData("SELECT CASE WHEN 'foobar' LIKE 'f__b[a-c]%' THEN 1 ELSE 0 END", 1)]
    [InlineData("SELECT STRING_AGG(v.n, ',') FROM (VALUES ('a'), ('b')) AS v(n)", "a,b")]
    [InlineData("WITH c AS (SELECT 1 AS a UNION ALL SELECT 2) SELECT SUM(a) FROM c", 3)]
    [InlineData("SELECT CAST(TRY_CAST('x' AS int) AS int)", null)]
    [InlineData("SELECT -2147483648", int.MinValue)]
    [InlineData("SELECT DB_NAME()", "TestDB")]
    [InlineData("SELECT HAS_PERMS_BY_NAME('sys.fn_cdc_get_max_lsn', 'OBJECT', 'SELECT')", 1)]
    public async Task Select_Expression_Value(string sql, object? expected)
    {
        await using var server = new TestServer();

        Assert.Equal(expected, await server.ValueAsync(sql));
    }

    [Fact]
    public async Task Select_JoinsGroupsAndWindows_Rows()
    {
        await using var server = new TestServer();
        await server.RunAsync("CREATE TABLE dbo.C (Id int IDENTITY(10, 5) PRIMARY KEY, Name varchar(10)); CREATE TABLE dbo.O (Id int PRIMARY KEY, C int NULL, Amount decimal(9,2))");
        await server.RunAsync("INSERT INTO dbo.C (Name) VALUES ('a'), ('b'), ('c'); INSERT INTO dbo.O VALUES (1, 10, 1.50), (2, 10, 2.25), (3, 15, 9)");

        var grouped = await server.RowsAsync("SELECT c.Name, COUNT(o.Id) AS n, SUM(o.Amount) AS total FROM dbo.C AS c LEFT JOIN dbo.O AS o ON o.C = c.Id GROUP BY c.Name HAVING COUNT(*) > 0 ORDER BY n DESC, c.Name");
        var numbered = await server.RowsAsync("SELECT Id, ROW_NUMBER() OVER (PARTITION BY C ORDER BY Amount DESC) FROM dbo.O ORDER BY Id");
        var applied = await server.RowsAsync("SELECT c.Name, x.Id FROM dbo.C AS c CROSS APPLY (SELECT TOP (1) o.Id FROM dbo.O AS o WHERE o.C = c.Id ORDER BY o.Amount DESC) AS x ORDER BY c.Name");

        Assert.Equal(["a 2 3.75", "b 1 9.00", "c 0 "], grouped.Select(r => $"{r[0]} {r[1]} {r[2]}"));
        Assert.Equal([2L, 1L, 1L], numbered.Select(r => (long)r[1]!));
        Assert.Equal(["a2", "b3"], applied.Select(r => $"{r[0]}{r[1]}"));
    }

    [Fact]
    public async Task Write_UpdateFromDeleteOutputMerge_CountsAndRows()
    {
        await using var server = new TestServer();
        await server.RunAsync("CREATE TABLE dbo.T (Id int PRIMARY KEY, V int NOT NULL DEFAULT 7, W AS V + 1); INSERT INTO dbo.T (Id) VALUES (1), (2)");

        var updated = await server.RunAsync("UPDATE t SET V = s.V OUTPUT deleted.V, inserted.V, inserted.W FROM dbo.T AS t JOIN (VALUES (2, 20)) AS s(Id, V) ON s.Id = t.Id");
        var merged = await server.RunAsync(
            "MERGE dbo.T AS t USING (VALUES (1, 100), (3, 300)) AS s(Id, V) ON t.Id = s.Id WHEN MATCHED THEN UPDATE SET V = s.V WHEN NOT MATCHED THEN INSERT (Id, V) VALUES (s.Id, s.V);");
        var deleted = await server.RunAsync("DELETE TOP (1) FROM dbo.T OUTPUT deleted.Id WHERE Id > 1");

        Assert.Equal([7, 20, 21], updated.Results[0].Rows.Single());
        Assert.Equal(2, merged.Counts.Single());
        Assert.Equal(2, deleted.Results[0].Rows.Single()[0]);
        Assert.Equal(["1 100 101", "3 300 301"], (await server.RowsAsync("SELECT * FROM dbo.T")).Select(r => $"{r[0]} {r[1]} {r[2]}"));
    }

    [Fact]
    public async Task Script_ControlFlowAndErrors_AsServer()
    {
        await using var server = new TestServer();

        var result = await server.RunAsync("""
            IF SCHEMA_ID(N'app') IS NULL EXEC(N'CREATE SCHEMA app');
            IF OBJECT_ID(N'app.T', N'U') IS NULL BEGIN CREATE TABLE app.T (Id int PRIMARY KEY, S nvarchar(5)); END
            DECLARE @i int = 0;
            WHILE @i < 5 BEGIN SET @i += 1; IF @i = 3 CONTINUE; INSERT INTO app.T VALUES (@i, N'x'); END
            BEGIN TRY INSERT INTO app.T VALUES (1, N'again'); END TRY
            BEGIN CATCH SELECT ERROR_NUMBER(), XACT_STATE(); END CATCH
            EXEC sp_executesql N'SELECT @n = COUNT(*) FROM app.T WHERE Id > @from', N'@from int, @n int OUTPUT', @from = 1, @n = @i OUTPUT;
            PRINT CONCAT('left: ', @i);
            """);

        Assert.Equal(2627, result.Results.Single().Rows.Single()[0]);
        Assert.Equal("left: 3", result.Messages[^1].Message);
    }

    [Theory]
    [InlineData("SELEC 1 FROM", 102)]
    [InlineData("SELECT * FROM dbo.Nothing", 208)]
    [InlineData("SELECT x FROM (VALUES (1)) AS v(n)", 207)]
    [InlineData("SELECT v.x FROM (VALUES (1)) AS w(n)", 4104)]
    [InlineData("SELECT @x", 137)]
    [InlineData("SELECT 1 / 0", 8134)]
    [InlineData("SELECT CAST('x' AS int)", 245)]
    [InlineData("SELECT CAST(300 AS tinyint)", 220)]
    [InlineData("EXEC dbo.nothing", 2812)]
    [InlineData("COMMIT", 3902)]
    [InlineData("USE nowhere", 911)]
    [InlineData("THROW 51000, 'own', 1", 51000)]
    [InlineData("RAISERROR('own %d', 16, 1, 5)", 50000)]
    [InlineData("EXEC sys.sp_cdc_enable_table N'dbo', N'T', @role_name = NULL", 22901)]
    [InlineData("CREATE TABLE dbo.X (a int, b nvarchar(2)); INSERT INTO dbo.X VALUES (1, N'abc')", 2628)]
    [InlineData("CREATE TABLE dbo.X (a int NOT NULL); INSERT INTO dbo.X VALUES (NULL)", 515)]
    [InlineData("CREATE TRIGGER dbo.X ON dbo.T AFTER INSERT AS SELECT 1", 50000)]
    public async Task Execute_Wrong_ErrorNumber(string sql, int number)
    {
        await using var server = new TestServer();

        Assert.Equal(number, await server.ErrorAsync(sql));
    }

    [Fact]
    public async Task Catalog_TrackedTable_DescribedEverywhere()
    {
        await using var server = new TestServer();
        await server.RunAsync("CREATE TABLE dbo.T (A int NOT NULL, B nvarchar(20) NULL, CONSTRAINT PK_T PRIMARY KEY (A)); EXEC sys.sp_cdc_enable_db; EXEC sys.sp_cdc_enable_table N'dbo', N'T', N'my.inst', @role_name = N'gate'");

        var tracked = await server.ValueAsync("SELECT t.is_tracked_by_cdc FROM sys.tables AS t JOIN sys.schemas AS s ON s.schema_id = t.schema_id WHERE s.name = N'dbo' AND t.name = N't'");
        var key = await server.RowsAsync("SELECT i.name, c.name FROM sys.indexes AS i JOIN sys.index_columns AS k ON k.object_id = i.object_id AND k.index_id = i.index_id JOIN sys.columns AS c ON c.object_id = k.object_id AND c.column_id = k.column_id WHERE i.object_id = OBJECT_ID(N'dbo.T') AND i.is_primary_key = 1");
        var instance = (await server.RowsAsync("SELECT capture_instance, role_name, supports_net_changes, source_object_id FROM cdc.change_tables"))[0];

        Assert.Equal(true, tracked);
        Assert.Equal(["PK_T", "A"], key.Single());
        Assert.Equal(["my.inst", "gate", true, await server.ValueAsync("SELECT OBJECT_ID('[dbo].[T]')")], instance);
        Assert.Equal(40, Convert.ToInt32(await server.ValueAsync("SELECT max_length FROM sys.columns WHERE object_id = OBJECT_ID('dbo.T') AND name = 'B'"), null));
        Assert.Equal((short)4, await server.ValueAsync("SELECT COL_LENGTH(N'[cdc].[my.inst_CT]', N'__$command_id')"));
        Assert.Equal(true, await server.ValueAsync("SELECT is_cdc_enabled FROM sys.databases WHERE database_id = DB_ID()"));
    }

    [Fact]
    public async Task EnableTable_Limits_Errors()
    {
        await using var server = new TestServer();
        await server.RunAsync("CREATE TABLE dbo.T (A int PRIMARY KEY); EXEC sys.sp_cdc_enable_db; EXEC sys.sp_cdc_enable_table N'dbo', N'T', @role_name = NULL");

        Assert.Equal(22926, await server.ErrorAsync("EXEC sys.sp_cdc_enable_table N'dbo', N'T', @role_name = NULL"));
        await server.RunAsync("EXEC sys.sp_cdc_enable_table N'dbo', N'T', N'second', @role_name = NULL");
        Assert.Equal(22962, await server.ErrorAsync("EXEC sys.sp_cdc_enable_table N'dbo', N'T', N'third', @role_name = NULL"));
        Assert.Equal(22931, await server.ErrorAsync("EXEC sys.sp_cdc_enable_table N'dbo', N'Nothing', @role_name = NULL"));
    }

    [Fact]
    public async Task UnionAll_ThousandExists_OnlyTablesWithChanges()
    {
        await using var server = new TestServer();
        await server.RunAsync("EXEC sys.sp_cdc_enable_db; CREATE TABLE dbo.A (Id int PRIMARY KEY); EXEC sys.sp_cdc_enable_table N'dbo', N'A', @role_name = NULL; INSERT INTO dbo.A VALUES (1)");

        var sql = string.Join("\nUNION ALL ", Enumerable.Range(0, 1000).Select(i => $"SELECT {i} AS n WHERE EXISTS (SELECT 1 FROM cdc.dbo_A_CT AS ct WHERE ct.[__$start_lsn] >= {(i == 777 ? "0x00" : "@p")})"));
        var rows = await server.RowsAsync(sql, TestServer.Parameter("@p", SqlKind.Binary, Convert.FromHexString("FFFFFFFFFFFFFFFFFFFF"), 10));

        Assert.Equal(777, rows.Single()[0]);
    }
}
