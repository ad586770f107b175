namespace DStream.StandIns.SqlServer.Tests.Engine;

/// <summary>Queries: a statement over a few small tables, and all that it returns.</summary>
public sealed class QueryTests
{
    private const string Tables = """
        CREATE TABLE dbo.P (Id int PRIMARY KEY, Name nvarchar(20) NOT NULL, Boss int NULL, City varchar(10) NULL);
        INSERT INTO dbo.P VALUES (1, N'Ann', NULL, 'Bern'), (2, N'Bob', 1, 'Bern'), (3, N'Cid', 1, 'Rome'), (4, N'Dee', 2, NULL);
        CREATE TABLE dbo.S (P int NOT NULL, Y int NOT NULL, A int NOT NULL, PRIMARY KEY (P, Y));
        INSERT INTO dbo.S VALUES (1, 2023, 10), (1, 2024, 20), (2, 2023, 5), (2, 2024, 5), (9, 2024, 1);
        """;

    [Theory]
    // Joins.
    [InlineData("SELECT p.Id, s.P, s.A FROM dbo.P AS p FULL JOIN dbo.S AS s ON s.P = p.Id AND s.Y = 2024 WHERE p.Id IS NULL OR p.Id > 1 ORDER BY p.Id, s.P", "(NULL, 1, 10) (NULL, 2, 5) (NULL, 9, 1) (2, 2, 5) (3, NULL, NULL) (4, NULL, NULL)")]
    [InlineData("SELECT COUNT(*) FROM dbo.P AS p FULL OUTER JOIN dbo.S AS s ON s.P = p.Id", "(7)")]
    [InlineData("SELECT s.P, p.Name FROM dbo.P AS p RIGHT JOIN dbo.S AS s ON s.P = p.Id WHERE s.Y = 2024 ORDER BY s.P", "(1, Ann) (2, Bob) (9, NULL)")]
    [InlineData("SELECT p.Id, x.A FROM dbo.P AS p OUTER APPLY (SELECT TOP 1 A FROM dbo.S WHERE P = p.Id ORDER BY A DESC) AS x ORDER BY p.Id", "(1, 20) (2, 5) (3, NULL) (4, NULL)")]
    // Common table expressions.
    [InlineData("WITH t AS (SELECT Id, 0 AS L FROM dbo.P WHERE Boss IS NULL UNION ALL SELECT p.Id, t.L + 1 FROM dbo.P AS p JOIN t ON t.Id = p.Boss) SELECT * FROM t ORDER BY Id", "(1, 0) (2, 1) (3, 1) (4, 2)")]
    [InlineData("WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200) SELECT MAX(i) FROM n OPTION (MAXRECURSION 300)", "(200)")]
    [InlineData("WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200) SELECT MAX(i) FROM n", "none | !530")]
    [InlineData("WITH a AS (SELECT 1 AS x), b AS (SELECT x + 1 AS x FROM a) SELECT (SELECT x FROM a), x FROM b", "(1, 2)")]
    // Windows.
    [InlineData("SELECT P, Y, SUM(A) OVER (PARTITION BY P ORDER BY Y) FROM dbo.S ORDER BY P, Y", "(1, 2023, 10) (1, 2024, 30) (2, 2023, 5) (2, 2024, 10) (9, 2024, 1)")]
    [InlineData("SELECT A, SUM(A) OVER (ORDER BY A) FROM dbo.S ORDER BY A", "(1, 1) (5, 11) (5, 11) (10, 21) (20, 41)")]
    [InlineData("SELECT A, SUM(A) OVER (ORDER BY A ROWS UNBOUNDED PRECEDING) AS s FROM dbo.S ORDER BY s", "(1, 1) (5, 6) (5, 11) (10, 21) (20, 41)")]
    [InlineData("SELECT Id, AVG(Id * 1.0) OVER (ORDER BY Id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) FROM dbo.P", "(1, 1.500000) (2, 2.000000) (3, 3.000000) (4, 3.500000)")]
    [InlineData("SELECT Id, LAG(Id) OVER (ORDER BY Id), LEAD(Id, 2, -1) OVER (ORDER BY Id) FROM dbo.P", "(1, NULL, 3) (2, 1, 4) (3, 2, -1) (4, 3, -1)")]
    [InlineData("SELECT Id, FIRST_VALUE(Name) OVER (ORDER BY Id DESC), LAST_VALUE(Name) OVER (ORDER BY Id) FROM dbo.P ORDER BY Id", "(1, Dee, Ann) (2, Dee, Bob) (3, Dee, Cid) (4, Dee, Dee)")]
    [InlineData("SELECT LAST_VALUE(Id) OVER (ORDER BY Id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) FROM dbo.P", "(4) (4) (4) (4)")]
    [InlineData("SELECT Id, NTILE(3) OVER (ORDER BY Id), PERCENT_RANK() OVER (ORDER BY Id), CUME_DIST() OVER (ORDER BY Id) FROM dbo.P WHERE Id > 2", "(3, 1, 0, 0.5) (4, 2, 1, 1)")]
    [InlineData("SELECT A, RANK() OVER (ORDER BY A), DENSE_RANK() OVER (ORDER BY A) FROM dbo.S ORDER BY A", "(1, 1, 1) (5, 2, 2) (5, 2, 2) (10, 4, 3) (20, 5, 4)")]
    [InlineData("SELECT P, SUM(A), SUM(SUM(A)) OVER (ORDER BY P) FROM dbo.S GROUP BY P ORDER BY P", "(1, 30, 30) (2, 10, 40) (9, 1, 41)")]
    [InlineData("SELECT COUNT(*) OVER (), COUNT(City) OVER (PARTITION BY City) FROM dbo.P WHERE Id < 3", "(2, 2) (2, 2)")]
    // Groups.
    [InlineData("SELECT City, COUNT(*) FROM dbo.P GROUP BY ROLLUP (City) ORDER BY GROUPING(City), City", "(NULL, 1) (Bern, 2) (Rome, 1) (NULL, 4)")]
    [InlineData("SELECT P, Y, SUM(A), GROUPING_ID(P, Y) FROM dbo.S WHERE P < 3 GROUP BY CUBE (P, Y) ORDER BY 4, 1, 2", "(1, 2023, 10, 0) (1, 2024, 20, 0) (2, 2023, 5, 0) (2, 2024, 5, 0) (1, NULL, 30, 1) (2, NULL, 10, 1) (NULL, 2023, 15, 2) (NULL, 2024, 25, 2) (NULL, NULL, 40, 3)")]
    [InlineData("SELECT P, Y, SUM(A) FROM dbo.S WHERE P = 1 GROUP BY GROUPING SETS ((P), (Y), ()) ORDER BY P, Y", "(NULL, NULL, 30) (NULL, 2023, 10) (NULL, 2024, 20) (1, NULL, 30)")]
    [InlineData("SELECT City, STRING_AGG(Name, ',') WITHIN GROUP (ORDER BY Name DESC) FROM dbo.P WHERE City IS NOT NULL GROUP BY City ORDER BY City", "(Bern, Bob,Ann) (Rome, Cid)")]
    [InlineData("SELECT COUNT_BIG(*), COUNT(DISTINCT A), SUM(DISTINCT A), MIN(A), MAX(A) FROM dbo.S", "(5, 4, 36, 1, 20)")]
    [InlineData("SELECT VARP(A), STDEVP(A) FROM (VALUES (2), (4), (4), (4), (5), (5), (7), (9)) AS v(A)", "(4, 2)")]
    // Sets, subqueries, limits.
    [InlineData("SELECT Id FROM dbo.P INTERSECT SELECT P FROM dbo.S", "(1) (2)")]
    [InlineData("SELECT Id FROM dbo.P EXCEPT SELECT P FROM dbo.S", "(3) (4)")]
    [InlineData("SELECT Id FROM dbo.P UNION SELECT P FROM dbo.S ORDER BY Id DESC OFFSET 1 ROWS FETCH NEXT 2 ROWS ONLY", "(4) (3)")]
    [InlineData("SELECT TOP (2) WITH TIES A FROM dbo.S ORDER BY A", "(1) (5) (5)")]
    [InlineData("SELECT TOP (50) PERCENT Id FROM dbo.P ORDER BY Id", "(1) (2)")]
    [InlineData("SELECT Id FROM dbo.P ORDER BY Id OFFSET 1 ROWS FETCH NEXT 2 ROWS ONLY", "(2) (3)")]
    [InlineData("SELECT Id FROM dbo.P WHERE Id > ALL (SELECT P FROM dbo.S WHERE P < 9)", "(3) (4)")]
    [InlineData("SELECT Id FROM dbo.P WHERE Id = ANY (SELECT P FROM dbo.S)", "(1) (2)")]
    [InlineData("SELECT Id FROM dbo.P WHERE Id >= ALL (SELECT P FROM dbo.S WHERE P > 100)", "(1) (2) (3) (4)")]
    [InlineData("SELECT Id FROM dbo.P WHERE Id NOT IN (SELECT Boss FROM dbo.P)", "none")]
    [InlineData("SELECT Name, (SELECT SUM(A) FROM dbo.S WHERE P = Id) FROM dbo.P WHERE EXISTS (SELECT * FROM dbo.S WHERE P = Id) ORDER BY Id", "(Ann, 30) (Bob, 10)")]
    [InlineData("SELECT (SELECT Id FROM dbo.P)", "none | !512")]
    [InlineData("SELECT v.n FROM (VALUES (3), (1), (2)) AS v(n) ORDER BY v.n DESC", "(3) (2) (1)")]
    // Pivots.
    [InlineData("SELECT P, [2023], [2024] FROM (SELECT P, Y, A FROM dbo.S) AS s PIVOT (SUM(A) FOR Y IN ([2023], [2024])) AS p ORDER BY P", "(1, 10, 20) (2, 5, 5) (9, NULL, 1)")]
    [InlineData("SELECT Id, Col, Val FROM (SELECT Id, CAST(Name AS varchar(20)) AS Name, CAST(City AS varchar(20)) AS City FROM dbo.P WHERE Id > 2) AS p UNPIVOT (Val FOR Col IN (Name, City)) AS u ORDER BY Id, Col", "(3, City, Rome) (3, Name, Cid) (4, Name, Dee)")]
    public async Task Select_OverTables_Rows(string sql, string expected)
    {
        await using var server = new TestServer();
        await server.RunAsync(Tables);

        Assert.Equal(expected, await Script.RunAsync(server, sql));
    }
}
