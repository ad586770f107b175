using System.Data;
using DStream.StandIns.SqlServer.Cdc;
using DStream.StandIns.SqlServer.Engine;
using Microsoft.Data.SqlClient;

namespace DStream.StandIns.SqlServer.Tests.BulkLoad;

/// <summary>The whole stand-in before the unmodified SqlBulkCopy.</summary>
public abstract class BulkLoadTest : IAsyncLifetime
{
    protected SqlServerEngine Engine { get; } = new(TimeProvider.System, new SqlServerEngineOptions { Capture = CaptureSchedule.AtCommit });

    protected SqlServerListener Listener { get; private set; } = null!;

    protected SqlConnection Connection { get; private set; } = null!;

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Engine.CreateDatabase("TestDB");
        Listener = new SqlServerListener(Engine, TimeProvider.System, new SqlServerListenerOptions());
        await Listener.StartAsync(Token);
        Connection = await OpenAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Connection.DisposeAsync();
        await Listener.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected async Task<SqlConnection> OpenAsync(string more = "")
    {
        var connection = new SqlConnection(Listener.ConnectionString("TestDB") + ";Pooling=false;" + (more.Length == 0 ? "ConnectRetryCount=0" : more));
        await connection.OpenAsync(Token);
        return connection;
    }

    protected async Task ExecuteAsync(string sql, SqlTransaction? transaction = null)
    {
        await using var command = new SqlCommand(sql, Connection, transaction);
        await command.ExecuteNonQueryAsync(Token);
    }

    protected async Task<object?> ScalarAsync(string sql, SqlTransaction? transaction = null)
    {
        await using var command = new SqlCommand(sql, Connection, transaction);
        return await command.ExecuteScalarAsync(Token);
    }

    protected async Task CopyAsync(DataTable rows, string table = "dbo.T", int batch = 0)
    {
        using var copy = new SqlBulkCopy(Connection) { DestinationTableName = table, BatchSize = batch };
        await copy.WriteToServerAsync(rows, Token);
    }

    protected static DataTable Numbered(int from, int count)
    {
        var rows = new DataTable { Columns = { { "Id", typeof(int) }, { "Name", typeof(string) } } };
        for (var i = from; i < from + count; i++) rows.Rows.Add(i, $"row {i}");
        return rows;
    }

    /// <summary>All rows, values as the client gives them.</summary>
    protected async Task<List<object[]>> RowsAsync(string sql)
    {
        await using var command = new SqlCommand(sql, Connection);
        await using var reader = await command.ExecuteReaderAsync(Token);
        var rows = new List<object[]>();
        while (await reader.ReadAsync(Token))
        {
            var row = new object[reader.FieldCount];
            reader.GetValues(row);
            rows.Add(row);
        }
        return rows;
    }
}
