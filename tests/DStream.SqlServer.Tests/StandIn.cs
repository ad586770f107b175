using System.Text;
using DStream.Core;
using DStream.StandIns.SqlServer;
using DStream.StandIns.SqlServer.Cdc;
using DStream.StandIns.SqlServer.Engine;
using Microsoft.Data.SqlClient;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Lsn = DStream.Core.Lsn;

namespace DStream.SqlServer.Tests;

/// <summary>A SQL Server stand-in with a database, for one test.</summary>
internal sealed class StandIn : IAsyncDisposable
{
    public const string Database = "TestDB";

    private StandIn(SqlServerEngine engine, SqlServerListener listener) => (Engine, Listener) = (engine, listener);

    public SqlServerEngine Engine { get; }

    public SqlServerListener Listener { get; }

    public string ConnectionString => Listener.ConnectionString(Database);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Starts one whose capture runs inside of the commit, so that a test need not wait for it.</summary>
    public static async Task<StandIn> StartAsync(bool enableCdc = true, TimeProvider? wireTime = null)
    {
        var engine = new SqlServerEngine(TimeProvider.System, new SqlServerEngineOptions { Capture = CaptureSchedule.AtCommit });
        engine.CreateDatabase(Database);
        var standIn = new StandIn(engine, new SqlServerListener(engine, wireTime ?? TimeProvider.System, new SqlServerListenerOptions()));
        await standIn.Listener.StartAsync(Stop);
        if (enableCdc) await standIn.RunAsync("EXEC sys.sp_cdc_enable_db;");
        return standIn;
    }

    /// <summary>Runs batches, parted by lines of GO, on one connection.</summary>
    public async Task RunAsync(string batches)
    {
        await using var connection = new SqlConnection(ConnectionString);
        await connection.OpenAsync(Stop);
        foreach (var batch in batches.Split("\nGO\n"))
        {
            await using var command = new SqlCommand(batch, connection);
            await command.ExecuteNonQueryAsync(Stop);
        }
    }

    /// <summary>Creates dbo.t (id int primary key, v nvarchar(50)) and captures it.</summary>
    public Task CreateTableAsync(string name = "t") => RunAsync($"""
        CREATE TABLE dbo.[{name}] (id int NOT NULL PRIMARY KEY, v nvarchar(50) NULL);
        EXEC sys.sp_cdc_enable_table @source_schema = N'dbo', @source_name = N'{name}', @role_name = NULL;
        """);

    public SqlServerChangeSource Source(ReadMode mode = ReadMode.Auto, UpdateImages images = UpdateImages.After, ILogger<SqlServerChangeSource>? logger = null) =>
        Source(new TableReadOptions { ReadMode = mode, UpdateImages = images }, logger);

    public SqlServerChangeSource Source(TableReadOptions options, ILogger<SqlServerChangeSource>? logger = null) => new(
        new SqlServerSourceOptions { ConnectionString = ConnectionString, Tables = options }, TimeProvider.System, logger ?? NullLogger<SqlServerChangeSource>.Instance);

    /// <summary>Reads page after page until there is no more.</summary>
    public static async Task<(List<ReadRow> Rows, ChangePosition Next)> ReadAllAsync(ITableChangeReader reader, ChangePosition after, Lsn upTo, int pageRows = 1000)
    {
        var rows = new List<ReadRow>();
        while (true)
        {
            using var page = await reader.ReadAsync(after, upTo, new PageLimits(pageRows, int.MaxValue), Stop);
            Assert.True(page.Events.Length <= pageRows);
            Assert.True(page.Next >= after);
            foreach (var change in page.Events.Span) rows.Add(new ReadRow(change.Position, Encoding.UTF8.GetString(change.Data.Span), change.CommitTime));
            after = page.Next;
            if (!page.HasMore) return (rows, after);
            Assert.Equal(page.Events.Span[^1].Position, page.Next);
        }
    }

    public ValueTask DisposeAsync() => Listener.DisposeAsync();
}
