using DStream.StandIns.SqlServer.Sessions;

namespace DStream.StandIns.SqlServer.Tests.Engine;

public sealed class SecurityTests
{
    private static async Task<TestServer> StartAsync(string more = "")
    {
        var server = new TestServer();
        await server.RunAsync("CREATE TABLE dbo.T (A int NOT NULL PRIMARY KEY, B int NULL, C int NULL); INSERT INTO dbo.T VALUES (1, 2, 3); CREATE LOGIN reader WITH PASSWORD = N'pass word'; CREATE USER reader FOR LOGIN reader;" + more);
        return server;
    }

    private static ISqlSession Open(TestServer server, string password = "pass word", string database = TestServer.Database) =>
        server.Engine.Open(new SqlLogin("reader", password, database, "tests", "here", 8000));

    private static async Task<int> NumberAsync(TestServer server, string sql)
    {
        await using var session = Open(server);
        var sink = await server.TryAsync(sql, session);
        return sink.Errors.FirstOrDefault()?.Number ?? 0;
    }

    [Fact]
    public async Task Login_MadeByCreateLogin_NeedsItsPasswordAndAUser()
    {
        await using var server = await StartAsync("CREATE DATABASE Other;");

        Assert.Equal(18456, Assert.Throws<SqlErrorException>(() => Open(server, "wrong")).Error.Number);
        Assert.Equal(4060, Assert.Throws<SqlErrorException>(() => Open(server, database: "Other")).Error.Number);
        await using var session = Open(server);
        Assert.Equal(["reader", "reader", 0], (await server.RunAsync("SELECT USER_NAME(), ORIGINAL_LOGIN(), IS_SRVROLEMEMBER('sysadmin')", session)).Results[0].Rows[0]);
        Assert.Equal(916, (await server.TryAsync("USE Other", session)).Errors.Single().Number);
        Assert.Equal(["dbo", "sa", 1], (await server.RowsAsync("SELECT USER_NAME(), SUSER_SNAME(), IS_SRVROLEMEMBER('sysadmin')"))[0]);
        await server.RunAsync("ALTER LOGIN reader WITH PASSWORD = N'other'");
        await Open(server, "other").DisposeAsync();
    }

    [Theory]
    [InlineData("", "SELECT A FROM dbo.T", 229)]
    [InlineData("GRANT SELECT ON dbo.T TO reader", "SELECT A FROM dbo.T", 0)]
    [InlineData("GRANT SELECT ON SCHEMA::dbo TO reader", "SELECT A FROM dbo.T", 0)]
    [InlineData("GRANT SELECT TO reader", "SELECT A FROM dbo.T", 0)]
    [InlineData("GRANT SELECT ON dbo.T TO public", "SELECT A FROM dbo.T", 0)]
    [InlineData("ALTER ROLE db_datareader ADD MEMBER reader", "SELECT A FROM dbo.T", 0)]
    [InlineData("EXEC sp_addrolemember N'db_datareader', N'reader'", "SELECT A FROM dbo.T", 0)]
    [InlineData("ALTER ROLE db_owner ADD MEMBER reader", "DROP TABLE dbo.T", 0)]
    [InlineData("ALTER ROLE db_datareader ADD MEMBER reader; DENY SELECT ON dbo.T TO reader", "SELECT A FROM dbo.T", 229)]
    [InlineData("GRANT SELECT ON SCHEMA::dbo TO reader; DENY SELECT ON dbo.T TO public", "SELECT A FROM dbo.T", 229)]
    [InlineData("GRANT SELECT ON dbo.T TO reader; REVOKE SELECT ON dbo.T FROM reader", "SELECT A FROM dbo.T", 229)]
    [InlineData("DENY SELECT ON dbo.T TO reader; GRANT SELECT ON dbo.T TO reader", "SELECT A FROM dbo.T", 0)]
    [InlineData("GRANT SELECT ON dbo.T (A, B) TO reader", "SELECT A, B FROM dbo.T", 0)]
    [InlineData("GRANT SELECT ON dbo.T (A, B) TO reader", "SELECT A FROM dbo.T WHERE C = 3", 230)]
    [InlineData("GRANT SELECT ON dbo.T (A, B) TO reader", "SELECT * FROM dbo.T", 230)]
    [InlineData("GRANT SELECT ON dbo.T TO reader; DENY SELECT ON dbo.T (C) TO reader", "SELECT C FROM dbo.T", 230)]
    [InlineData("DENY SELECT ON dbo.T TO reader; GRANT SELECT ON dbo.T (A) TO reader", "SELECT A FROM dbo.T", 0)]
    [InlineData("GRANT INSERT ON dbo.T TO reader", "INSERT INTO dbo.T (A) VALUES (5)", 0)]
    [InlineData("GRANT SELECT ON dbo.T TO reader", "INSERT INTO dbo.T (A) VALUES (5)", 229)]
    [InlineData("GRANT UPDATE ON dbo.T TO reader", "UPDATE dbo.T SET B = 1", 0)]
    [InlineData("GRANT UPDATE ON dbo.T TO reader", "UPDATE dbo.T SET B = 1 WHERE A = 1", 229)]
    [InlineData("GRANT UPDATE ON dbo.T (B) TO reader", "UPDATE dbo.T SET C = 1", 230)]
    [InlineData("GRANT SELECT ON dbo.T TO reader", "DELETE FROM dbo.T", 229)]
    [InlineData("GRANT SELECT ON dbo.T TO reader", "SELECT A INTO #x FROM dbo.T; UPDATE #x SET A = 2; DELETE FROM #x", 0)]
    [InlineData("", "CREATE TABLE dbo.N (A int)", 262)]
    [InlineData("GRANT CREATE TABLE TO reader", "CREATE TABLE dbo.N (A int)", 2760)]
    [InlineData("", "CREATE SCHEMA s", 262)]
    [InlineData("GRANT SELECT ON dbo.T TO reader", "SELECT A INTO dbo.N FROM dbo.T", 262)]
    [InlineData("", "ALTER DATABASE TestDB SET READ_COMMITTED_SNAPSHOT ON", 262)]
    [InlineData("", "EXEC sp_configure 'max text repl size', 1", 15247)]
    [InlineData("", "RECONFIGURE", 5812)]
    [InlineData("", "ALTER TABLE dbo.T ADD D int", 4902)]
    [InlineData("", "DROP TABLE dbo.T", 3701)]
    [InlineData("", "TRUNCATE TABLE dbo.T", 1088)]
    [InlineData("", "GRANT SELECT ON dbo.T TO reader", 4613)]
    [InlineData("", "CREATE ROLE r", 15247)]
    [InlineData("", "ALTER ROLE db_owner ADD MEMBER reader", 15151)]
    [InlineData("", "CREATE DATABASE d", 262)]
    [InlineData("", "SELECT * FROM sys.dm_cdc_errors", 262)]
    [InlineData("GRANT VIEW DATABASE STATE TO reader", "SELECT * FROM sys.dm_cdc_errors", 0)]
    [InlineData("", "EXEC sys.sp_cdc_enable_db", 22902)]
    [InlineData("", "EXEC sys.sp_cdc_enable_table N'dbo', N'T', @role_name = NULL", 22904)]
    [InlineData("", "SELECT * FROM msdb.dbo.cdc_jobs", 229)]
    public async Task Statement_AsALesserLogin_AllowedOrRefused(string grants, string sql, int number)
    {
        await using var server = await StartAsync(grants);

        Assert.Equal(number, await NumberAsync(server, sql));
    }

    [Fact]
    public async Task Statement_SameTextAsTwoUsers_CheckedForEach()
    {
        await using var server = await StartAsync();
        const string Sql = "SELECT A FROM dbo.T";

        await server.RunAsync(Sql);
        Assert.Equal(229, await NumberAsync(server, Sql));
        await server.RunAsync("GRANT SELECT ON dbo.T TO reader");
        Assert.Equal(0, await NumberAsync(server, Sql));
        await server.RunAsync("BEGIN TRAN; DENY SELECT ON dbo.T TO reader; ROLLBACK");
        Assert.Equal(0, await NumberAsync(server, Sql));
    }

    [Fact]
    public async Task Error_OfADenial_NamesObjectDatabaseAndSchema()
    {
        await using var server = await StartAsync();
        await using var session = Open(server);

        var error = (await server.TryAsync("SELECT A FROM dbo.T", session)).Errors.Single();

        Assert.Equal("The SELECT permission was denied on the object 'T', database 'TestDB', schema 'dbo'.", error.Message);
        Assert.Equal((14, 5), (error.Severity, error.State));
    }

    [Theory]
    [InlineData("", "SELECT * FROM dbo.V", 229)]
    [InlineData("GRANT SELECT ON dbo.V TO reader", "SELECT * FROM dbo.V", 0)]
    [InlineData("GRANT SELECT ON dbo.V TO reader", "SELECT * FROM dbo.T", 229)]
    [InlineData("GRANT SELECT ON dbo.V (A) TO reader", "SELECT B FROM dbo.V", 230)]
    [InlineData("", "EXEC dbo.P", 229)]
    [InlineData("GRANT EXECUTE ON dbo.P TO reader", "EXEC dbo.P", 0)]
    [InlineData("GRANT EXECUTE ON dbo.D TO reader", "EXEC dbo.D", 229)]
    [InlineData("", "SELECT dbo.F(1)", 229)]
    [InlineData("GRANT EXECUTE ON dbo.F TO reader", "SELECT dbo.F(1)", 0)]
    [InlineData("", "CREATE VIEW dbo.W AS SELECT 1 AS a", 262)]
    [InlineData("", "DROP PROCEDURE dbo.P", 3701)]
    public async Task Module_OfTheOwner_AsksForItselfNotForWhatItReads(string grants, string sql, int number)
    {
        await using var server = await StartAsync();
        await server.RunAsync("CREATE VIEW dbo.V AS SELECT A, B FROM dbo.T");
        await server.RunAsync("CREATE PROCEDURE dbo.P AS BEGIN INSERT INTO dbo.T (A) VALUES (9); SELECT A FROM dbo.T; DELETE FROM dbo.T WHERE A = 9 END");
        await server.RunAsync("CREATE PROCEDURE dbo.D AS EXEC (N'SELECT A FROM dbo.T')");
        await server.RunAsync("CREATE FUNCTION dbo.F (@a int) RETURNS int AS BEGIN RETURN (SELECT B FROM dbo.T WHERE A = @a) END");
        await server.RunAsync(grants);

        Assert.Equal(number, await NumberAsync(server, sql));
    }

    [Fact]
    public async Task Schema_MadeByAUser_IsItsOwn()
    {
        await using var server = await StartAsync("GRANT CREATE TABLE TO reader; GRANT CREATE SCHEMA TO reader;");
        await using var session = Open(server);

        await server.RunAsync("CREATE SCHEMA mine", session);
        await server.RunAsync("CREATE TABLE mine.N (A int); INSERT INTO mine.N VALUES (1); UPDATE mine.N SET A = 2 WHERE A = 1; DROP TABLE mine.N", session);

        Assert.Equal(15138, await server.ErrorAsync("DROP USER reader"));
    }

    [Fact]
    public async Task Catalog_AsALesserLogin_ShowsOnlyWhatIsGranted()
    {
        await using var server = await StartAsync("CREATE TABLE dbo.U (X int NOT NULL PRIMARY KEY);");
        await using var session = Open(server);
        const string Look = "SELECT (SELECT COUNT(*) FROM sys.tables), (SELECT COUNT(*) FROM sys.columns), (SELECT COUNT(*) FROM sys.indexes), (SELECT COUNT(*) FROM INFORMATION_SCHEMA.TABLES), OBJECT_ID(N'dbo.T')";

        var before = (await server.RunAsync(Look, session)).Results[0].Rows[0];
        await server.RunAsync("GRANT INSERT ON dbo.T TO reader");
        var after = (await server.RunAsync(Look, session)).Results[0].Rows[0];

        Assert.Equal([0, 0, 0, 0, null], before);
        Assert.Equal([1, 3, 1, 1], after[..4]);
        Assert.NotNull(after[4]);
    }

    [Fact]
    public async Task Functions_OfPermissions_TellTheSame()
    {
        await using var server = await StartAsync("CREATE ROLE r; CREATE ROLE s; ALTER ROLE r ADD MEMBER s; ALTER ROLE s ADD MEMBER reader; GRANT SELECT ON dbo.T (B) TO r;");
        await using var session = Open(server);

        var row = (await server.RunAsync("""
            SELECT IS_MEMBER('r'), IS_MEMBER('db_owner'), IS_MEMBER('none'), IS_ROLEMEMBER('s'), IS_ROLEMEMBER('s', 'r'), HAS_DBACCESS('TestDB'), HAS_DBACCESS('nowhere'),
                HAS_PERMS_BY_NAME('dbo.T', 'OBJECT', 'SELECT'), HAS_PERMS_BY_NAME('dbo.T', 'OBJECT', 'SELECT', 'B', 'COLUMN'), HAS_PERMS_BY_NAME(NULL, 'DATABASE', 'CREATE TABLE'),
                HAS_PERMS_BY_NAME('dbo.none', 'OBJECT', 'SELECT')
            """, session)).Results[0].Rows[0];

        Assert.Equal([1, 0, null, 1, 0, 1, null, 0, 1, 0, null], row);
        Assert.Equal(["r", "s"], (await server.RowsAsync("SELECT name FROM sys.database_principals WHERE type = 'R' AND is_fixed_role = 0 AND name <> 'public' ORDER BY name")).Select(r => (string)r[0]!));
        Assert.Equal("SELECT", await server.ValueAsync("SELECT p.permission_name FROM sys.database_permissions AS p WHERE p.major_id = OBJECT_ID('dbo.T') AND p.minor_id = 2"));
    }

    [Fact]
    public async Task ExecuteAs_User_ActsAsItUntilRevert()
    {
        await using var server = await StartAsync();

        Assert.Equal(229, await server.ErrorAsync("EXECUTE AS USER = 'reader'; SELECT A FROM dbo.T"));
        Assert.Equal(["reader", "sa"], (await server.RowsAsync("SELECT USER_NAME(), ORIGINAL_LOGIN()"))[0]);
        Assert.Equal(15517, await server.ErrorAsync("EXECUTE AS USER = 'dbo'"));
        await server.RunAsync("REVERT; SELECT A FROM dbo.T");
        Assert.Equal(229, await server.ErrorAsync("EXECUTE AS LOGIN = 'reader'; SELECT A FROM dbo.T"));
        await server.RunAsync("REVERT; SELECT A FROM dbo.T");
    }

    [Theory]
    [InlineData("GRANT SELECT ON dbo.none TO reader", 15151)]
    [InlineData("GRANT SELECT ON SCHEMA::none TO reader", 15151)]
    [InlineData("GRANT SELECT ON dbo.T TO nobody", 15151)]
    [InlineData("GRANT SELECT ON dbo.T (none) TO reader", 1911)]
    [InlineData("CREATE USER another FOR LOGIN none", 15007)]
    [InlineData("CREATE USER reader FOR LOGIN reader", 15023)]
    [InlineData("CREATE USER twice FOR LOGIN reader", 15063)]
    [InlineData("CREATE LOGIN reader WITH PASSWORD = N'x'", 15025)]
    [InlineData("ALTER ROLE none ADD MEMBER reader", 15151)]
    [InlineData("DROP USER none", 15151)]
    [InlineData("sp_configure 'none', 1", 15123)]
    [InlineData("sp_configure 'max text repl size', -2", 15129)]
    public async Task Statement_OfWhatIsNotThere_ErrorNumber(string sql, int number)
    {
        await using var server = await StartAsync();

        Assert.Equal(number, await server.ErrorAsync(sql));
    }

    [Fact]
    public async Task Configure_MaxTextReplSize_HoldsAfterReconfigure()
    {
        await using var server = new TestServer();
        await server.RunAsync("CREATE TABLE dbo.L (ID int NOT NULL PRIMARY KEY, T nvarchar(max) NULL, Untracked nvarchar(max) NULL)");
        await server.RunAsync("EXEC sys.sp_cdc_enable_db; EXEC sys.sp_cdc_enable_table N'dbo', N'L', @role_name = NULL, @captured_column_list = N'ID, T'");
        const string Large = "INSERT INTO dbo.L (ID, {0}) VALUES ({1}, REPLICATE(CAST(N'x' AS nvarchar(max)), 40000))";

        Assert.Equal(7139, await server.ErrorAsync(string.Format(null, Large, "T", 1)));
        await server.RunAsync(string.Format(null, Large, "Untracked", 2));
        await server.RunAsync("EXEC sp_configure 'max text repl size', -1");
        Assert.Equal(7139, await server.ErrorAsync(string.Format(null, Large, "T", 3)));
        await server.RunAsync("RECONFIGURE");

        await server.RunAsync(string.Format(null, Large, "T", 4));
        Assert.Equal(-1, ((Types.SqlVariantValue)(await server.ValueAsync("SELECT value_in_use FROM sys.configurations WHERE name = N'max text repl size (B)'"))!).Value);
        Assert.Equal([-1, -1], (await server.RunAsync("EXEC sp_configure 'max text repl size (B)'")).Results[0].Rows[0][3..]);
    }
}
