namespace DStream.StandIns.SqlServer.Tests.Engine;

/// <summary>What somebody types who has just found the server: tables, catalog, joins, change data capture, locks. One session, in order.</summary>
public sealed class CuriousPersonTests
{
    [Fact]
    public async Task Session_FromCreateToChangeTable_AnswersAll()
    {
        await using var server = new TestServer();
        async Task Says(string sql, string expected) => Assert.Equal(expected, await Script.RunAsync(server, sql));

        await Says("SELECT name FROM sys.databases WHERE database_id > 4", "(TestDB)");
        await Says("SELECT is_read_committed_snapshot_on, snapshot_isolation_state_desc FROM sys.databases WHERE name = DB_NAME()", "(0, OFF)");
        await Says("CREATE TABLE dbo.Customers (Id int IDENTITY PRIMARY KEY, Name nvarchar(50) NOT NULL, Mail varchar(80) NULL CONSTRAINT UQ_Mail UNIQUE, Since date NOT NULL CONSTRAINT DF_Since DEFAULT '2025-01-01')", "");
        await Says("CREATE TABLE dbo.Orders (Id int NOT NULL CONSTRAINT PK_Orders PRIMARY KEY, Customer int NOT NULL CONSTRAINT FK_Orders_Customers REFERENCES dbo.Customers (Id), Total decimal(10, 2) NOT NULL CONSTRAINT CK_Total CHECK (Total >= 0))", "");
        await Says("INSERT INTO dbo.Customers (Name, Mail) OUTPUT inserted.Id VALUES (N'Ann', 'ann@x'), (N'Bob', 'bob@x')", "(1) (2)");
        await Says("INSERT INTO dbo.Orders VALUES (1, 1, 10), (2, 1, 5.5), (3, 2, 99)", "");
        await Says("INSERT INTO dbo.Orders VALUES (4, 7, 1)", "!547");
        await Says("SELECT t.name, p.rows FROM sys.tables AS t JOIN sys.partitions AS p ON p.object_id = t.object_id AND p.index_id < 2 ORDER BY t.name", "(Customers, 2) (Orders, 3)");
        await Says("SELECT c.name, ty.name, c.max_length, c.is_nullable, c.is_identity FROM sys.columns AS c JOIN sys.types AS ty ON ty.user_type_id = c.user_type_id WHERE c.object_id = OBJECT_ID('dbo.Customers') ORDER BY c.column_id",
            "(Id, int, 4, 0, 1) (Name, nvarchar, 100, 0, 0) (Mail, varchar, 80, 1, 0) (Since, date, 3, 0, 0)");
        await Says("SELECT name, type FROM sys.objects WHERE parent_object_id = OBJECT_ID('dbo.Orders') ORDER BY name", "(CK_Total, C ) (FK_Orders_Customers, F ) (PK_Orders, PK)");
        await Says("SELECT fk.name, OBJECT_NAME(fk.referenced_object_id), COL_NAME(k.parent_object_id, k.parent_column_id), fk.delete_referential_action_desc FROM sys.foreign_keys AS fk JOIN sys.foreign_key_columns AS k ON k.constraint_object_id = fk.object_id",
            "(FK_Orders_Customers, Customers, Customer, NO_ACTION)");
        await Says("SELECT name, definition FROM sys.check_constraints; SELECT name, definition FROM sys.default_constraints", "(CK_Total, (Total >= 0)) | (DF_Since, ('2025-01-01'))");
        await Says("SELECT i.name, i.type_desc, i.is_unique FROM sys.indexes AS i WHERE i.object_id = OBJECT_ID('dbo.Customers') AND i.name = 'UQ_Mail'", "(UQ_Mail, NONCLUSTERED, 1)");
        await Says("SELECT TABLE_NAME, CONSTRAINT_TYPE FROM INFORMATION_SCHEMA.TABLE_CONSTRAINTS WHERE TABLE_NAME = 'Orders' ORDER BY CONSTRAINT_TYPE", "(Orders, CHECK) (Orders, FOREIGN KEY) (Orders, PRIMARY KEY)");
        await Says("CREATE VIEW dbo.Totals AS SELECT c.Name, SUM(o.Total) AS Total FROM dbo.Customers AS c JOIN dbo.Orders AS o ON o.Customer = c.Id GROUP BY c.Name", "");
        await Says("SELECT TABLE_NAME, TABLE_TYPE FROM INFORMATION_SCHEMA.TABLES ORDER BY TABLE_NAME; SELECT name FROM sys.views", "(Customers, BASE TABLE) (Orders, BASE TABLE) (Totals, VIEW) | (Totals)");
        await Says("WITH r AS (SELECT Name, Total, RANK() OVER (ORDER BY Total DESC) AS Place FROM dbo.Totals) SELECT * FROM r ORDER BY Place", "(Bob, 99.00, 1) (Ann, 15.50, 2)");
        await Says("EXEC sp_helptext 'dbo.Totals'", "(CREATE VIEW dbo.Totals AS SELECT c.Name, SUM(o.Total) AS Total FROM dbo.Customers AS c JOIN dbo.Orders AS o ON o.Customer = c.Id GROUP BY c.Name\r\n)");
        await Says("EXEC sys.sp_cdc_enable_db; EXEC sys.sp_cdc_enable_table @source_schema = N'dbo', @source_name = N'Orders', @role_name = NULL", "");
        await Says("SELECT name, is_cdc_enabled FROM sys.databases WHERE name = 'TestDB'; SELECT name FROM sys.tables WHERE is_tracked_by_cdc = 1", "(TestDB, 1) | (Orders)");
        await Says("BEGIN TRAN; INSERT INTO dbo.Orders VALUES (5, 2, 7); UPDATE dbo.Orders SET Total = 8 WHERE Id = 5; SELECT COUNT(*) FROM sys.dm_tran_locks WHERE request_session_id = @@SPID AND request_mode = 'X'; COMMIT; DELETE FROM dbo.Orders WHERE Id = 5", "(1)");
        await Says("SELECT [__$operation], Id, Total FROM cdc.dbo_Orders_CT ORDER BY [__$start_lsn], [__$command_id], [__$seqval], [__$operation]", "(2, 5, 7.00) (3, 5, 7.00) (4, 5, 8.00) (1, 5, 8.00)");
        await Says("SELECT COUNT(*) FROM cdc.fn_cdc_get_all_changes_dbo_Orders(sys.fn_cdc_get_min_lsn('dbo_Orders'), sys.fn_cdc_get_max_lsn(), N'all')", "(3)");
        await Says("SELECT session_id - @@SPID, login_name, transaction_isolation_level FROM sys.dm_exec_sessions WHERE is_user_process = 1", "(0, sa, 2)");
        await Says("DROP TABLE dbo.Customers", "!3726");
    }

    [Fact]
    public async Task Waiting_Session_ShownWithItsBlocker()
    {
        await using var server = new TestServer();
        await using var holder = server.Open();
        await using var waiter = server.Open();
        await server.RunAsync("CREATE TABLE dbo.T (A int PRIMARY KEY); INSERT INTO dbo.T VALUES (1)");
        await server.RunAsync("BEGIN TRAN; UPDATE dbo.T SET A = 2", holder);
        var waiting = server.RunAsync("SELECT * FROM dbo.T", waiter);

        Assert.Equal($"({waiter.Id}, suspended, {holder.Id})", await Script.RunAsync(server, "SELECT session_id, status, blocking_session_id FROM sys.dm_exec_requests WHERE blocking_session_id <> 0"));
        await server.RunAsync("ROLLBACK", holder);
        await waiting;
    }

    [Fact]
    public async Task AppLock_HeldByAnother_WaitsTimesOutAndDeadlocks()
    {
        await using var server = new TestServer();
        await using var other = server.Open();
        const string Get = "DECLARE @r int; EXEC @r = sp_getapplock '{0}', 'Exclusive', 'Session', {1}; SELECT @r";
        async Task<object?> AsyncGet(string name, int timeout, bool isOther) =>
            (await server.RunAsync(string.Format(System.Globalization.CultureInfo.InvariantCulture, Get, name, timeout), isOther ? other : null)).Results[^1].Rows[0][0];
        Assert.Equal(0, await AsyncGet("a", -1, false));
        Assert.Equal(0, await AsyncGet("b", -1, true));
        Assert.Equal(-1, await AsyncGet("a", 0, true));

        var waiting = AsyncGet("a", -1, true);
        Assert.Equal(-3, await AsyncGet("b", -1, false));
        await server.RunAsync("EXEC sp_releaseapplock 'a', 'Session'");

        Assert.Equal(1, await waiting);
    }
}
