namespace DStream.StandIns.SqlServer.Tests.Engine;

/// <summary>INSERT, UPDATE, DELETE and MERGE: a batch over dbo.T (1, 10), (2, 20), (3, 30), and all that it returns.</summary>
public sealed class WriteTests
{
    private const string Table = "CREATE TABLE dbo.T (Id int PRIMARY KEY, V int NULL); INSERT INTO dbo.T VALUES (1, 10), (2, 20), (3, 30); ";

    private const string All = "; SELECT * FROM dbo.T ORDER BY Id";

    [Theory]
    // MERGE.
    [InlineData("MERGE dbo.T AS t USING (VALUES (1, 11), (4, 44)) AS s(Id, V) ON t.Id = s.Id WHEN MATCHED THEN UPDATE SET V = s.V WHEN NOT MATCHED THEN INSERT VALUES (s.Id, s.V) WHEN NOT MATCHED BY SOURCE THEN DELETE OUTPUT $action, inserted.Id, deleted.Id, s.V;" + All,
        "(UPDATE, 1, 1, 11) (INSERT, 4, NULL, 44) (DELETE, NULL, 2, NULL) (DELETE, NULL, 3, NULL) | (1, 11) (4, 44)")]
    [InlineData("MERGE dbo.T AS t USING (VALUES (1, 0), (2, 5), (5, 1)) AS s(Id, V) ON t.Id = s.Id WHEN MATCHED AND s.V = 0 THEN DELETE WHEN MATCHED THEN UPDATE SET V += s.V WHEN NOT MATCHED BY TARGET AND s.V > 3 THEN INSERT (Id) VALUES (s.Id) WHEN NOT MATCHED BY SOURCE AND t.Id = 3 THEN UPDATE SET V = -1;" + All,
        "(2, 25) (3, -1)")]
    [InlineData("MERGE dbo.T AS t USING (VALUES (1, 1), (1, 2)) AS s(Id, V) ON t.Id = s.Id WHEN MATCHED THEN UPDATE SET V = s.V;" + All, "(1, 10) (2, 20) (3, 30) | !8672")]
    [InlineData("DECLARE @t TABLE (Id int, V int DEFAULT 7); MERGE @t AS t USING dbo.T AS s ON t.Id = s.Id WHEN NOT MATCHED THEN INSERT (Id) VALUES (s.Id); SELECT * FROM @t", "(1, 7) (2, 7) (3, 7)")]
    // OUTPUT.
    [InlineData("DECLARE @o TABLE (N int IDENTITY, What varchar(9) DEFAULT 'gone', Old int); DELETE FROM dbo.T OUTPUT deleted.V INTO @o (Old) OUTPUT deleted.Id WHERE Id < 3; SELECT * FROM @o", "(1) (2) | (1, gone, 10) (2, gone, 20)")]
    [InlineData("UPDATE t SET V = s.N OUTPUT inserted.V - deleted.V, s.Name FROM dbo.T AS t JOIN (VALUES (1, 15, 'a'), (3, 3, 'c')) AS s(Id, N, Name) ON s.Id = t.Id", "(5, a) (-27, c)")]
    [InlineData("INSERT INTO dbo.T (Id) OUTPUT inserted.* SELECT Id + 10 FROM dbo.T WHERE Id > 1", "(12, NULL) (13, NULL)")]
    // Through queries.
    [InlineData("WITH c AS (SELECT Id, V, ROW_NUMBER() OVER (ORDER BY V DESC) AS n FROM dbo.T) DELETE FROM c WHERE n > 1" + All, "(3, 30)")]
    [InlineData("WITH c AS (SELECT TOP (2) * FROM dbo.T ORDER BY Id DESC) UPDATE c SET V = 0 OUTPUT inserted.Id" + All, "(3) (2) | (1, 10) (2, 0) (3, 0)")]
    [InlineData("UPDATE d SET d.V = d.n FROM (SELECT V, ROW_NUMBER() OVER (ORDER BY Id) AS n FROM dbo.T) AS d" + All, "(1, 1) (2, 2) (3, 3)")]
    [InlineData("WITH c AS (SELECT V * 2 AS W FROM dbo.T) UPDATE c SET W = 1", "!4406")]
    [InlineData("DELETE t FROM dbo.T AS t JOIN (VALUES (1), (2)) AS s(Id) ON s.Id = t.Id" + All, "(3, 30)")]
    [InlineData("DELETE TOP (50) PERCENT FROM dbo.T; SELECT COUNT(*) FROM dbo.T", "(1)")]
    [InlineData("UPDATE dbo.T SET Id = 4 - Id" + All, "(1, 30) (2, 20) (3, 10)")]
    [InlineData("DECLARE @v int; UPDATE dbo.T SET @v = V = V + 1 WHERE Id = 1; SELECT @v", "(11)")]
    // INSERT ... EXEC.
    [InlineData("INSERT INTO dbo.T EXEC('SELECT 8, 80; SELECT 9, 90')" + All, "(1, 10) (2, 20) (3, 30) (8, 80) (9, 90)")]
    [InlineData("CREATE TABLE #r (a int); INSERT INTO #r EXEC sp_executesql N'SELECT Id FROM dbo.T WHERE Id > @f', N'@f int', @f = 1; SELECT * FROM #r", "(2) (3)")]
    [InlineData("INSERT INTO dbo.T EXEC('SELECT 8')", "!213")]
    // Identity.
    [InlineData("CREATE TABLE dbo.I (Id int IDENTITY(5, 5), A int); INSERT INTO dbo.I VALUES (1), (2); SELECT SCOPE_IDENTITY(), @@IDENTITY", "(10, 10)")]
    [InlineData("CREATE TABLE dbo.I (Id int IDENTITY, A int); SET IDENTITY_INSERT dbo.I ON; INSERT INTO dbo.I (Id, A) VALUES (40, 1); SET IDENTITY_INSERT dbo.I OFF; INSERT INTO dbo.I VALUES (2); SELECT * FROM dbo.I", "(40, 1) (41, 2)")]
    [InlineData("CREATE TABLE dbo.I (Id int IDENTITY, A int); INSERT INTO dbo.I (Id, A) VALUES (1, 1)", "!544")]
    [InlineData("CREATE SEQUENCE dbo.S AS int START WITH 3 INCREMENT BY 2; SELECT NEXT VALUE FOR dbo.S; INSERT INTO dbo.T VALUES (NEXT VALUE FOR dbo.S, 0); SELECT MAX(Id) FROM dbo.T; ALTER SEQUENCE dbo.S RESTART; SELECT NEXT VALUE FOR dbo.S", "(3) | (5) | (3)")]
    // Constraints.
    [InlineData("CREATE TABLE dbo.C (A int CHECK (A > 0), B int, CONSTRAINT CK_AB CHECK (A < B)); INSERT INTO dbo.C VALUES (1, 2), (NULL, 0); INSERT INTO dbo.C VALUES (0, 1); INSERT INTO dbo.C VALUES (3, 2); UPDATE dbo.C SET A = -1; SELECT COUNT(*) FROM dbo.C", "(2) | !547 | !547 | !547")]
    [InlineData("CREATE TABLE dbo.F (A int PRIMARY KEY, T int NULL REFERENCES dbo.T); INSERT INTO dbo.F VALUES (1, 1), (2, NULL); INSERT INTO dbo.F VALUES (3, 9); DELETE FROM dbo.T WHERE Id = 1; UPDATE dbo.T SET Id = 7 WHERE Id = 1; DELETE FROM dbo.T WHERE Id = 3; DROP TABLE dbo.T; TRUNCATE TABLE dbo.T; SELECT COUNT(*) FROM dbo.T", "(2) | !547 | !547 | !547 | !3726 | !4712")]
    [InlineData("CREATE TABLE dbo.F (A int PRIMARY KEY, T int CONSTRAINT FK_F FOREIGN KEY REFERENCES dbo.T (Id) ON DELETE CASCADE ON UPDATE CASCADE); CREATE TABLE dbo.G (F int REFERENCES dbo.F ON DELETE SET NULL); INSERT INTO dbo.F VALUES (1, 1), (2, 2); INSERT INTO dbo.G VALUES (1), (2); UPDATE dbo.T SET Id = 9 WHERE Id = 2; DELETE FROM dbo.T WHERE Id = 1; SELECT * FROM dbo.F; SELECT * FROM dbo.G ORDER BY F", "(2, 9) | (NULL) (2)")]
    [InlineData("CREATE TABLE dbo.N (Id int PRIMARY KEY, P int REFERENCES dbo.N); INSERT INTO dbo.N VALUES (1, 2), (2, NULL); DELETE FROM dbo.N WHERE Id = 2; DELETE FROM dbo.N; SELECT COUNT(*) FROM dbo.N", "(0) | !547")]
    [InlineData("CREATE TABLE dbo.F (T int); INSERT INTO dbo.F VALUES (9); ALTER TABLE dbo.F ADD CONSTRAINT FK_F FOREIGN KEY (T) REFERENCES dbo.T (Id)", "!547")]
    [InlineData("CREATE TABLE dbo.F (T int); INSERT INTO dbo.F VALUES (9); ALTER TABLE dbo.F WITH NOCHECK ADD CONSTRAINT FK_F FOREIGN KEY (T) REFERENCES dbo.T (Id); INSERT INTO dbo.F VALUES (8); ALTER TABLE dbo.F NOCHECK CONSTRAINT FK_F; INSERT INTO dbo.F VALUES (8); ALTER TABLE dbo.F DROP CONSTRAINT FK_F; SELECT COUNT(*) FROM dbo.F", "(2) | !547")]
    [InlineData("CREATE TABLE dbo.F (A int REFERENCES dbo.T (V))", "!1776")]
    [InlineData("CREATE TABLE dbo.F (A int REFERENCES dbo.Nothing (V))", "!1767")]
    public async Task Batch_OverTable_RowsAndErrors(string sql, string expected)
    {
        await using var server = new TestServer();
        await server.RunAsync(Table);

        Assert.Equal(expected, await Script.RunAsync(server, sql));
    }
}
