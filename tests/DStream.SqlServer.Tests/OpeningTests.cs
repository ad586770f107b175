using DStream.Core;

namespace DStream.SqlServer.Tests;

/// <summary>Resolving capture instances, and what is said where there is none.</summary>
public sealed class OpeningTests
{
    private static readonly TableName Table = new("dbo", "t");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task OpenAsync_EachThingMissing_NamesAStatementThatMendsIt()
    {
        await using var server = await StandIn.StartAsync(enableCdc: false);
        await using var source = server.Source();
        await server.RunAsync("CREATE TABLE dbo.t (id int NOT NULL PRIMARY KEY);");

        var off = await Assert.ThrowsAsync<TableNotReadyException>(async () => await source.OpenAsync(Table, Stop));
        Assert.Equal("USE [TestDB]; EXEC sys.sp_cdc_enable_db;", off.Remedy);
        await server.RunAsync(off.Remedy);

        var missing = await Assert.ThrowsAsync<TableNotReadyException>(async () => await source.OpenAsync(new TableName("dbo", "no such"), Stop));
        Assert.Contains("[dbo].[no such]", missing.Remedy, StringComparison.Ordinal);

        var untracked = await Assert.ThrowsAsync<TableNotReadyException>(async () => await source.OpenAsync(Table, Stop));
        Assert.Equal("USE [TestDB]; EXEC sys.sp_cdc_enable_table @source_schema = N'dbo', @source_name = N't', @role_name = NULL;", untracked.Remedy);
        await server.RunAsync(untracked.Remedy);

        await using var reader = await source.OpenAsync(Table, Stop);
        Assert.Equal(["id"], reader.Table.KeyColumns);
    }

    [Fact]
    public async Task OpenAsync_OddNames_AreResolvedThroughTheMetadata()
    {
        await using var server = await StandIn.StartAsync();
        await server.RunAsync("CREATE SCHEMA [my schema];");
        await server.RunAsync("""
            CREATE TABLE [my schema].[or]]der's] ([a b] int NOT NULL, [c]]d] nvarchar(10) NULL, e int NOT NULL, CONSTRAINT [pk x] PRIMARY KEY (e, [a b]));
            EXEC sys.sp_cdc_enable_table @source_schema = N'my schema', @source_name = N'or]der''s', @capture_instance = N'my in]st', @role_name = NULL;
            """);
        await server.RunAsync("INSERT INTO [my schema].[or]]der's] VALUES (1, N'x', 2);");
        await using var source = server.Source();

        await using var reader = await source.OpenAsync(new TableName("MY schema", "OR]der's"), Stop);
        var (rows, _) = await StandIn.ReadAllAsync(reader, ChangePosition.Before(reader.Table.LowLsn), await source.GetMaxLsnAsync(Stop));

        Assert.Equal((new TableName("my schema", "or]der's"), "my in]st"), (reader.Table.Name, reader.Table.CaptureInstance));
        Assert.Equal("my schema", reader.Table.Name.Schema);
        Assert.Equal(["e", "a b"], reader.Table.KeyColumns);
        Assert.Equal("2 {\"a b\":1,\"c]d\":\"x\",\"e\":2}", Assert.Single(rows).Text);
    }

    [Fact]
    public async Task OpenAsync_TwoInstances_TakesTheOlderUnlessToldOtherwise()
    {
        await using var server = await StandIn.StartAsync();
        await server.CreateTableAsync();
        await server.RunAsync("EXEC sys.sp_cdc_enable_table @source_schema = N'dbo', @source_name = N't', @capture_instance = N'second', @role_name = NULL;");
        var log = new RecordingLogger();
        await using var source = server.Source(logger: log);
        await using var second = server.Source(new TableReadOptions { CaptureInstance = "second" });
        await using var wrong = server.Source(new TableReadOptions { CaptureInstance = "third" });

        await using var older = await source.OpenAsync(Table, Stop);
        await using var newer = await second.OpenAsync(Table, Stop);
        var error = await Assert.ThrowsAsync<TableNotReadyException>(async () => await wrong.OpenAsync(Table, Stop));

        Assert.Equal(("dbo_t", "second"), (older.Table.CaptureInstance, newer.Table.CaptureInstance));
        Assert.Contains("\"dbo_t\" or \"second\"", error.Remedy, StringComparison.Ordinal);
        Assert.Contains(log.Lines, line => line.Contains("two capture instances", StringComparison.Ordinal));
    }

    [Fact]
    public async Task OpenAsync_Again_SaysItsChoiceOnce()
    {
        await using var server = await StandIn.StartAsync();
        await server.CreateTableAsync();
        var log = new RecordingLogger();
        await using var source = server.Source(logger: log);

        await (await source.OpenAsync(Table, Stop)).DisposeAsync();
        await (await source.OpenAsync(Table, Stop)).DisposeAsync();

        Assert.Equal("Information Table dbo.t: reading capture instance dbo_t in command order, since the login may read the change table, and __$command_id exists", Assert.Single(log.Lines));
    }

    // The function refuses every range of an instance above the max LSN. Where the capture job reached it between that refusal and the question
    // for the max LSN, the refusal said nothing about permissions.
    [Theory]
    [InlineData(ReadMode.Auto)]
    [InlineData(ReadMode.Function)]
    public async Task OpenAsync_CaptureReachesTheInstanceMeanwhile_CallsTheFunction(ReadMode mode)
    {
        await using var server = await StandIn.StartAsync();
        await server.CreateTableAsync();
        await server.RunAsync("INSERT INTO dbo.t VALUES (1, N'a');");
        var log = new RecordingLogger();
        await using var source = server.Source(mode, logger: log);
        var refusal = server.Listener.Faults.On(StandIns.SqlServer.Faults.FaultPoint.Request("SELECT TOP (1) f.[__$start_lsn]")).Error(313);

        await using var reader = await source.OpenAsync(Table, Stop);

        Assert.Equal(1, refusal.Fired);
        Assert.DoesNotContain(log.Lines, static line => line.Contains("not call the function", StringComparison.Ordinal));
    }

    [Fact]
    public async Task OpenAsync_Function_WarnsOfItsOrder()
    {
        await using var server = await StandIn.StartAsync();
        await server.CreateTableAsync();
        var log = new RecordingLogger();
        await using var source = server.Source(ReadMode.Function, logger: log);

        await (await source.OpenAsync(Table, Stop)).DisposeAsync();

        Assert.Contains(log.Lines, line => line.StartsWith("Warning", StringComparison.Ordinal) && line.Contains("deferred updates", StringComparison.Ordinal));
    }

    [Fact]
    public async Task OpenAsync_DatabaseUnknown_SaysWhichAndKeepsTheSecret()
    {
        await using var server = await StandIn.StartAsync();
        var options = new SqlServerSourceOptions { ConnectionString = server.Listener.ConnectionString("Missing", "sa", "hunter2") + ";Connect Timeout=1" };
        await using var source = new SqlServerChangeSource(options, TimeProvider.System, new RecordingLogger());

        var error = await Assert.ThrowsAsync<ProviderException>(async () => await source.GetMaxLsnAsync(Stop));

        Assert.Contains("127.0.0.1/Missing: error 4060", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FindChangedAsync_ManyTables_NamesThoseWithChangesPastTheirPositions()
    {
        await using var server = await StandIn.StartAsync();
        foreach (var name in new[] { "a", "b", "c" }) await server.CreateTableAsync(name);
        await server.RunAsync("INSERT INTO dbo.a VALUES (1, N'x'); INSERT INTO dbo.b VALUES (1, N'x');");
        await using var source = server.Source();
        var before = await source.GetMaxLsnAsync(Stop);
        await server.RunAsync("INSERT INTO dbo.b VALUES (2, N'x');");
        var upTo = await source.GetMaxLsnAsync(Stop);
        var tables = new List<TablePosition>();
        foreach (var name in new[] { "a", "b", "c" })
        {
            await using var reader = await source.OpenAsync(new TableName("dbo", name), Stop);
            tables.Add(new TablePosition(reader.Table, ChangePosition.EndOf(before)));
        }

        Assert.Equal([new TableName("dbo", "b")], (await source.FindChangedAsync(tables, upTo, Stop))!);
        Assert.Empty((await source.FindChangedAsync(tables, before, Stop))!);
        Assert.Empty((await source.FindChangedAsync([], upTo, Stop))!);
        Assert.Equal(2, (await source.FindChangedAsync([.. tables.Select(t => t with { Position = ChangePosition.Before(t.Table.LowLsn) })], upTo, Stop))!.Count);
    }

    [Fact]
    public async Task FindChangedAsync_MayNotAsk_IsNull()
    {
        await using var server = await StandIn.StartAsync();
        await server.CreateTableAsync();
        await server.RunAsync("INSERT INTO dbo.t VALUES (1, N'x');");
        await using var source = server.Source();
        await using var reader = await source.OpenAsync(Table, Stop);
        var fault = server.Listener.Faults.On(StandIns.SqlServer.Faults.FaultPoint.Request("EXISTS")).Error(229, 14);

        Assert.Null(await source.FindChangedAsync([new(reader.Table, ChangePosition.Before(reader.Table.LowLsn))], await source.GetMaxLsnAsync(Stop), Stop));
        Assert.Equal(1, fault.Fired);
    }
}
