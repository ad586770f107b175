namespace DStream.StandIns.SqlServer.Tests.Engine;

/// <summary>Scripts, modules, definitions and functions: a batch (or several, apart by GO) and all that the last returns.</summary>
public sealed class ScriptTests
{
    private static async Task<string> RunAsync(string sql)
    {
        await using var server = new TestServer();
        var batches = sql.Split("GO ");
        foreach (var batch in batches[..^1])
        {
            Assert.Equal("", await Script.RunAsync(server, batch));
        }
        return await Script.RunAsync(server, batches[^1]);
    }

    [Theory]
    // Views.
    [InlineData("CREATE TABLE dbo.T (A int, B int); INSERT INTO dbo.T VALUES (1, 2), (3, 4) GO CREATE VIEW dbo.V (X, Y) AS SELECT A, B * 10 FROM dbo.T GO UPDATE dbo.V SET X = 9 WHERE Y = 40; DELETE FROM dbo.V WHERE X = 1; SELECT * FROM dbo.V; UPDATE dbo.V SET Y = 1", "(9, 40) | !4406")]
    [InlineData("CREATE OR ALTER VIEW dbo.V AS SELECT 1 AS a GO ALTER VIEW dbo.V AS SELECT 2 AS a UNION ALL SELECT 3 GO SELECT SUM(a) FROM dbo.V; DROP VIEW dbo.V; SELECT OBJECT_ID('dbo.V', 'V')", "(5) | (NULL)")]
    [InlineData("CREATE VIEW dbo.V AS SELECT 1 + 1", "!4511")]
    [InlineData("CREATE VIEW dbo.V AS SELECT * FROM dbo.Nothing", "!208")]
    // Procedures.
    [InlineData("CREATE PROCEDURE dbo.P @a int, @b int = 5, @sum int OUTPUT AS BEGIN SET NOCOUNT ON; SET @sum = @a + @b; SELECT @a AS a; RETURN 7 END GO DECLARE @s int, @r int; EXEC @r = dbo.P 1, @sum = @s OUTPUT; SELECT @s, @r; EXEC dbo.P @a = 2, @b = DEFAULT, @sum = @s OUT; SELECT @s", "(1) | (6, 7) | (2) | (7)")]
    [InlineData("CREATE PROC dbo.P @a int AS SELECT @a GO EXEC dbo.P; EXEC dbo.P 1, 2; EXEC dbo.P @z = 1", "!201 | !8144 | !8145")]
    [InlineData("CREATE PROC dbo.P AS THROW 50001, 'own', 3 GO BEGIN TRY EXEC dbo.P END TRY BEGIN CATCH SELECT ERROR_NUMBER(), ERROR_PROCEDURE(), ERROR_STATE(), ERROR_LINE() END CATCH", "(50001, P, 3, 1)")]
    [InlineData("CREATE PROC dbo.P @n int AS IF @n > 0 BEGIN SET @n = @n - 1; EXEC dbo.P @n END ELSE SELECT @@NESTLEVEL GO EXEC dbo.P 4; EXEC dbo.P 40", "(5) | !217")]
    [InlineData("CREATE PROC dbo.P AS BEGIN CREATE TABLE #t (a int); INSERT INTO #t VALUES (2); SELECT a FROM #t END GO CREATE TABLE #t (a int); INSERT INTO #t VALUES (1); EXEC dbo.P; SELECT a FROM #t", "(2) | (1)")]
    [InlineData("CREATE TABLE dbo.I (Id int IDENTITY(100, 1), A int) GO CREATE PROC dbo.P AS INSERT INTO dbo.I VALUES (1) GO CREATE TABLE dbo.J (Id int IDENTITY(7, 1), A int); INSERT INTO dbo.J VALUES (1); EXEC dbo.P; SELECT SCOPE_IDENTITY(), @@IDENTITY, IDENT_CURRENT('dbo.I')", "(7, 100, 100)")]
    // Functions.
    [InlineData("CREATE FUNCTION dbo.F (@a int, @b int = 2) RETURNS int AS BEGIN DECLARE @i int = 0, @r int = 1; WHILE @i < @b BEGIN SET @r = @r * @a; SET @i += 1 END; RETURN @r END GO SELECT dbo.F(3, 4), dbo.F(5, DEFAULT), (SELECT SUM(dbo.F(n, 2)) FROM (VALUES (1), (2)) AS v(n))", "(81, 25, 5)")]
    [InlineData("CREATE TABLE dbo.T (A int); INSERT INTO dbo.T VALUES (1), (2), (3) GO CREATE FUNCTION dbo.F (@min int) RETURNS TABLE AS RETURN (SELECT A FROM dbo.T WHERE A >= @min) GO SELECT v.n, f.A FROM (VALUES (2), (3)) AS v(n) CROSS APPLY dbo.F(v.n) AS f ORDER BY 1, 2", "(2, 2) (2, 3) (3, 3)")]
    [InlineData("CREATE TABLE dbo.T (A int); INSERT INTO dbo.T VALUES (1), (2) GO CREATE FUNCTION dbo.F (@k int) RETURNS @r TABLE (A int, B int) AS BEGIN INSERT INTO @r SELECT A, A * @k FROM dbo.T; UPDATE @r SET B += 1; RETURN END GO SELECT * FROM dbo.F(10) ORDER BY A", "(1, 11) (2, 21)")]
    [InlineData("CREATE TABLE dbo.T (A int); INSERT INTO dbo.T VALUES (4) GO CREATE FUNCTION dbo.F () RETURNS int AS BEGIN RETURN (SELECT MAX(A) FROM dbo.T) END GO IF dbo.F() = 4 PRINT 'four'; INSERT INTO dbo.T VALUES (dbo.F() + 1); SELECT MAX(A) FROM dbo.T", "(5) | 'four'")]
    // Control flow.
    [InlineData("DECLARE @i int = 0; again: SET @i += 1; IF @i < 3 GOTO again; SELECT @i; GOTO done; SELECT 'not'; done: SELECT 'end'", "(3) | (end)")]
    [InlineData("DECLARE @i int = 0; WHILE 1 = 1 BEGIN SET @i += 1; IF @i = 2 CONTINUE; IF @i > 4 GOTO out END; out: SELECT @i", "(5)")]
    [InlineData("BEGIN TRY SELECT 1 / 0 END TRY BEGIN CATCH SELECT ERROR_NUMBER(), ERROR_SEVERITY(), ERROR_MESSAGE(); BEGIN TRY THROW END TRY BEGIN CATCH SELECT ERROR_NUMBER() END CATCH END CATCH", "none | (8134, 16, Divide by zero error encountered.) | (8134)")]
    [InlineData("RAISERROR('%s is %d, %5.1d%%, %x', 16, 2, 'a', 7, 8, 255) WITH NOWAIT; SELECT @@ERROR; RAISERROR('only told %i', 10, 1, 3)", "(50000) | !50000 | 'only told 3'")]
    [InlineData("EXEC('SELECT 1'); EXEC sp_executesql N'SET @o = @i * 2', N'@i int, @o int OUTPUT', 21, @i OUTPUT", "(1) | !137")]
    [InlineData("SET XACT_ABORT ON; BEGIN TRAN; BEGIN TRY SELECT 1 / 0 END TRY BEGIN CATCH SELECT XACT_STATE(), @@TRANCOUNT; ROLLBACK; SELECT XACT_STATE(), @@TRANCOUNT END CATCH", "none | (-1, 1) | (0, 0)")]
    [InlineData("CREATE TABLE dbo.T (A int); BEGIN TRAN a; INSERT INTO dbo.T VALUES (1); SAVE TRAN s; INSERT INTO dbo.T VALUES (2); BEGIN TRAN; SELECT @@TRANCOUNT; COMMIT; ROLLBACK TRAN s; SELECT @@TRANCOUNT; COMMIT; SELECT * FROM dbo.T", "(2) | (1) | (1)")]
    [InlineData("SET IMPLICIT_TRANSACTIONS ON; CREATE TABLE dbo.T (A int); SELECT @@TRANCOUNT; ROLLBACK; SET IMPLICIT_TRANSACTIONS OFF; SELECT OBJECT_ID('dbo.T')", "(1) | (NULL)")]
    [InlineData("RAISERROR('[%-5s|%5d|%05d|%.2s]', 10, 1, 'ab', 7, 42, 'xyz')", "'[ab   |    7|00042|xy]'")]
    [InlineData("SET ROWCOUNT 2; SELECT n FROM (VALUES (1), (2), (3)) AS v(n); CREATE TABLE dbo.T (A int); INSERT INTO dbo.T VALUES (1), (2), (3); SET ROWCOUNT 0; SELECT COUNT(*) FROM dbo.T", "(1) (2) | (2)")]
    // Cursors.
    [InlineData("DECLARE @n int, @sum int = 0; DECLARE c CURSOR LOCAL FAST_FORWARD FOR SELECT n FROM (VALUES (1), (2), (3)) AS v(n); OPEN c; FETCH NEXT FROM c INTO @n; WHILE @@FETCH_STATUS = 0 BEGIN SET @sum += @n; FETCH NEXT FROM c INTO @n END; CLOSE c; DEALLOCATE c; SELECT @sum, @@FETCH_STATUS", "(6, -1)")]
    [InlineData("DECLARE @m int = 2; DECLARE c SCROLL CURSOR FOR SELECT n * @m FROM (VALUES (1), (2), (3)) AS v(n) ORDER BY n; SET @m = 9; OPEN c; FETCH LAST FROM c; FETCH PRIOR FROM c; FETCH ABSOLUTE 1 FROM c; FETCH RELATIVE 5 FROM c; SELECT @@CURSOR_ROWS; CLOSE c; FETCH c; DEALLOCATE c; OPEN c", "(6) | (4) | (2) | none | (3) | !16917 | !16916")]
    [InlineData("DECLARE c CURSOR FOR SELECT 1; DECLARE c CURSOR FOR SELECT 1; OPEN c; OPEN c; FETCH PRIOR FROM c", "!16915 | !16905 | !16911")]
    // Application locks.
    [InlineData("DECLARE @r int; BEGIN TRAN; EXEC @r = sp_getapplock 'x', 'Exclusive'; SELECT @r, APPLOCK_MODE('public', 'x', 'Transaction'), APPLOCK_TEST('public', 'x', 'Shared', 'Transaction'); COMMIT; SELECT APPLOCK_MODE('public', 'x', 'Transaction')", "(0, Exclusive, 1) | (NoLock)")]
    [InlineData("DECLARE @r int; EXEC @r = sp_getapplock @Resource = 'x', @LockMode = 'Shared', @LockOwner = 'Session'; SELECT @r; EXEC @r = sp_releaseapplock 'x', 'Session'; SELECT @r; EXEC @r = sp_releaseapplock 'x', 'Session'; SELECT @r", "(0) | (0) | (-999) | !1223")]
    [InlineData("DECLARE @r int; EXEC @r = sp_getapplock 'x', 'Exclusive'; SELECT @r", "(-999) | !3918")]
    // Definitions.
    [InlineData("CREATE TABLE dbo.T (A int NOT NULL, B varchar(5)); INSERT INTO dbo.T VALUES (1, '12'); ALTER TABLE dbo.T ALTER COLUMN A bigint NULL; ALTER TABLE dbo.T ALTER COLUMN B int; INSERT INTO dbo.T VALUES (NULL, 7); SELECT * FROM dbo.T; ALTER TABLE dbo.T ALTER COLUMN A int NOT NULL", "(1, 12) (NULL, 7) | !515")]
    [InlineData("CREATE TABLE dbo.T (A int, B int, C AS A + B PERSISTED); INSERT INTO dbo.T (A, B) VALUES (1, 2); ALTER TABLE dbo.T ADD D int NULL, E AS A * 10; ALTER TABLE dbo.T ADD CONSTRAINT DF_D DEFAULT 5 FOR D; INSERT INTO dbo.T (A, B) VALUES (3, 4); SELECT * FROM dbo.T ORDER BY A; ALTER TABLE dbo.T DROP COLUMN B", "(1, 2, 3, NULL, 10) (3, 4, 7, 5, 30) | !5074")]
    [InlineData("CREATE TABLE dbo.T (A int, B int NULL); CREATE UNIQUE INDEX UX ON dbo.T (B DESC) INCLUDE (A) WHERE B IS NOT NULL; INSERT INTO dbo.T VALUES (1, NULL), (2, NULL), (3, 5); INSERT INTO dbo.T VALUES (4, 5); SELECT COUNT(*) FROM dbo.T; SELECT has_filter, filter_definition FROM sys.indexes WHERE name = 'UX'; SELECT is_descending_key, is_included_column FROM sys.index_columns WHERE index_id = 2", "(3) | (1, (B IS NOT NULL)) | (1, 0) (0, 1) | !2601")]
    [InlineData("CREATE TABLE dbo.T (A int, CONSTRAINT PK_T PRIMARY KEY (A)); EXEC sp_rename 'dbo.T.A', 'B', 'COLUMN'; EXEC sp_rename 'dbo.T', 'U'; INSERT INTO dbo.U (B) VALUES (1); SELECT B FROM dbo.U; SELECT OBJECT_NAME(OBJECT_ID('dbo.PK_T', 'PK'))", "(1) | (PK_T)")]
    [InlineData("DROP TABLE IF EXISTS dbo.T; DROP VIEW IF EXISTS dbo.V; DROP PROCEDURE IF EXISTS dbo.P; DROP FUNCTION IF EXISTS dbo.F; DROP SEQUENCE IF EXISTS dbo.S; DROP TABLE dbo.T", "!3701")]
    [InlineData("CREATE TABLE ##g (a int); INSERT INTO ##g VALUES (1) GO SELECT * FROM ##g; SELECT CASE WHEN OBJECT_ID('tempdb..##g') IS NULL THEN 0 ELSE 1 END", "(1) | (1)")]
    [InlineData("CREATE SYNONYM dbo.S FOR dbo.T", "!50000")]
    // Collations.
    [InlineData("CREATE TABLE dbo.T (A varchar(5) COLLATE Latin1_General_CS_AS UNIQUE); INSERT INTO dbo.T VALUES ('a'), ('A'); SELECT COUNT(*) FROM dbo.T WHERE A = 'a'; SELECT COUNT(*) FROM dbo.T WHERE A COLLATE Latin1_General_CI_AS = 'A'; SELECT COUNT(*) FROM dbo.T WHERE A LIKE 'A%'; INSERT INTO dbo.T VALUES ('a')", "(1) | (2) | (1) | !2627")]
    [InlineData("SELECT v.x FROM (VALUES ('b'), ('B'), ('a'), ('A')) AS v(x) ORDER BY v.x COLLATE Latin1_General_BIN2; SELECT COUNT(DISTINCT v.x), COUNT(DISTINCT v.x COLLATE Latin1_General_BIN2) FROM (VALUES ('b'), ('B')) AS v(x)", "(A) (B) (a) (b) | (1, 2)")]
    [InlineData("CREATE TABLE dbo.T (A varchar(5) COLLATE Latin1_General_CS_AS, B varchar(5) COLLATE Latin1_General_BIN2); SELECT * FROM dbo.T WHERE A = B", "!468")]
    public async Task Batch_Alone_RowsAndErrors(string sql, string expected) => Assert.Equal(expected, await RunAsync(sql));

    [Theory]
    [InlineData("CHOOSE(2, 'a', 'b')", "b")]
    [InlineData("GREATEST(1, NULL, 3) - LEAST(4, 2)", "1")]
    [InlineData("IIF(1 > 2, 'a', 'b')", "b")]
    [InlineData("TRY_CONVERT(int, 'x')", "NULL")]
    [InlineData("PARSE('12.06.2025' AS date USING 'de-DE')", "2025-06-12")]
    [InlineData("TRY_PARSE('1.234,5' AS decimal(9, 2) USING 'de-DE')", "1234.50")]
    [InlineData("CONVERT(varchar(30), CAST('2025-03-01T09:05:06' AS datetime), 100)", "Mar  1 2025  9:05AM")]
    [InlineData("CONVERT(varchar(30), CAST('2025-03-01T09:05:06.123' AS datetime), 113)", "01 Mar 2025 09:05:06:123")]
    [InlineData("DATETRUNC(hour, CAST('2025-03-01T09:05:06' AS datetime2(0)))", "2025-03-01 09:00:00")]
    [InlineData("EOMONTH('2024-01-31', 1)", "2024-02-29")]
    [InlineData("TRANSLATE('2*[3+4]', '[]', '()')", "2*(3+4)")]
    [InlineData("PARSENAME('a.b.c', 2)", "b")]
    [InlineData("JSON_VALUE('{\"a\": {\"b\": [1, \"x\"]}}', '$.a.b[1]')", "x")]
    [InlineData("JSON_QUERY('{\"a\": {\"b\": 1}}', '$.a')", "{\"b\":1}")]
    [InlineData("JSON_MODIFY('{\"a\": 1}', '$.b', 'x')", "{\"a\":1,\"b\":\"x\"}")]
    [InlineData("ISJSON('{\"a\": 1}') + ISJSON('x')", "1")]
    [InlineData("(SELECT STRING_AGG(value, '|') WITHIN GROUP (ORDER BY ordinal DESC) FROM STRING_SPLIT('a,b,c', ',', 1))", "c|b|a")]
    [InlineData("(SELECT SUM(n) FROM OPENJSON('[{\"n\": 1}, {\"n\": 2}]') WITH (n int))", "3")]
    [InlineData("(SELECT STRING_AGG([key], '') FROM OPENJSON('{\"a\": 1, \"b\": null}'))", "ab")]
    [InlineData("(SELECT 1 AS a, N'x' AS [b.c], NULL AS d FOR JSON PATH)", "[{\"a\":1,\"b\":{\"c\":\"x\"}}]")]
    [InlineData("(SELECT 1 AS a, NULL AS d FOR JSON PATH, WITHOUT_ARRAY_WRAPPER, INCLUDE_NULL_VALUES)", "{\"a\":1,\"d\":null}")]
    [InlineData("FORMAT(1234.5, 'N2')", "1,234.50")]
    [InlineData("ROUND(DEGREES(PI()), 0)", "180")]
    [InlineData("SESSION_CONTEXT(N'none')", "NULL")]
    [InlineData("OBJECTPROPERTY(OBJECT_ID('sys.tables'), 'IsTable')", "NULL")]
    [InlineData("TYPE_NAME(56) + SCHEMA_NAME(1) + DB_NAME()", "intdboTestDB")]
    public async Task Function_OfValues_Value(string expression, string expected) => Assert.Equal($"({expected})", await RunAsync("SELECT " + expression));
}
