using System.Data;
using System.Globalization;
using DStream.Core;
using DStream.Sandbox;
using Microsoft.Data.SqlClient;

namespace DStream.Benchmarks.Ingest;

/// <summary>The table that is drained: 10 columns make rows of about 200 bytes, 40 of about 1.4 KB.</summary>
internal static class BenchmarkTable
{
    private const int RowsABatch = 10_000;

    internal static TableName Name { get; } = new("dbo", "Rows");

    /// <summary>Creates the database and the table, loads the rows, and waits until all are captured.</summary>
    internal static async Task CreateAsync(SandboxServers servers, int rows, int columns, CancellationToken cancellationToken)
    {
        await using var connection = new SqlConnection(servers.ServerConnectionString);
        await connection.OpenAsync(cancellationToken);
        await ExecuteAsync(connection, $"CREATE DATABASE [{SandboxServers.Database}]", cancellationToken);
        await ExecuteAsync(connection, $"USE [{SandboxServers.Database}]", cancellationToken);
        await ExecuteAsync(connection, "EXEC sys.sp_cdc_enable_db", cancellationToken);
        var definitions = Columns(columns).ToList();
        await ExecuteAsync(
            connection, $"CREATE TABLE {Name.Quoted} ({string.Join(", ", definitions.Select(static column => column.Definition))})", cancellationToken);
        await ExecuteAsync(connection, $"EXEC sys.sp_cdc_enable_table N'{Name.Schema}', N'{Name.Table}', @role_name = NULL", cancellationToken);
        await LoadAsync(connection, definitions, rows, cancellationToken);
        while (await CountAsync(connection, cancellationToken) < rows)
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancellationToken);
    }

    private static IEnumerable<(string Definition, Func<int, object> Value)> Columns(int columns) =>
        Enumerable.Range(0, columns).Select(i => i == 0 ? ("ID int NOT NULL PRIMARY KEY", (Func<int, object>)(static id => id)) : (i % 6) switch
        {
            1 => ($"Name{i} nvarchar(100) NOT NULL", id => $"name {id} {new string('x', 20)}"),
            2 => ($"Amount{i} decimal(18, 2) NOT NULL", static id => id / 100m),
            3 => ($"At{i} datetime2(3) NULL", static id => new DateTime(2026, 11, 22, 10, id % 60, id % 59, 123)),
            4 => ($"Count{i} bigint NOT NULL", static id => id * 1_000_003L),
            5 => ($"Flag{i} bit NOT NULL", static id => (id & 1) == 1),
            _ => ($"Note{i} varchar(200) NULL", id => id % 5 == 0 ? DBNull.Value : $"note of row {id} {new string('y', 40)}"),
        });

    private static async Task LoadAsync(
        SqlConnection connection, List<(string Definition, Func<int, object> Value)> columns, int rows, CancellationToken cancellationToken)
    {
        using var copy = new SqlBulkCopy(connection) { DestinationTableName = Name.Quoted, BulkCopyTimeout = 0 };
        for (var from = 1; from <= rows; from += RowsABatch)
        {
            using var batch = new DataTable();
            foreach (var (_, value) in columns) batch.Columns.Add(null, value(1).GetType());
            for (var id = from; id < Math.Min(from + RowsABatch, rows + 1); id++) batch.Rows.Add([.. columns.Select(column => column.Value(id))]);
            await copy.WriteToServerAsync(batch, cancellationToken);
        }
    }

    private static async Task ExecuteAsync(SqlConnection connection, string text, CancellationToken cancellationToken)
    {
        await using var command = new SqlCommand(text, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<int> CountAsync(SqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new SqlCommand($"SELECT COUNT(*) FROM [cdc].[{Name.Schema}_{Name.Table}_CT]", connection);
        return Convert.ToInt32(await command.ExecuteScalarAsync(cancellationToken), CultureInfo.InvariantCulture);
    }
}
