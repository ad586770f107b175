using System.Globalization;
using System.Text;
using DStream.Core;
using DStream.Sandbox;
using Microsoft.Data.SqlClient;

namespace DStream.Benchmarks.Ingest;

/// <summary>The table that is drained: 10 columns make rows of about 200 bytes, 40 of about 1.4 KB.</summary>
internal static class BenchmarkTable
{
    private const int RowsAStatement = 500;

    internal static TableName Name { get; } = new("dbo", "Rows");

    /// <summary>Creates the database and the table, loads the rows, and waits until all are captured.</summary>
    internal static async Task CreateAsync(SandboxServers servers, int rows, int columns, CancellationToken cancellationToken)
    {
        await using var connection = new SqlConnection(servers.ServerConnectionString);
        await connection.OpenAsync(cancellationToken);
        await ExecuteAsync(connection, $"CREATE DATABASE [{SandboxServers.Database}]", cancellationToken);
        await ExecuteAsync(connection, $"USE [{SandboxServers.Database}]", cancellationToken);
        await ExecuteAsync(connection, "EXEC sys.sp_cdc_enable_db", cancellationToken);
        await ExecuteAsync(connection, $"CREATE TABLE {Name.Quoted} (ID int NOT NULL PRIMARY KEY, {string.Join(", ", Columns(columns).Select(static c => c.Definition))})", cancellationToken);
        await ExecuteAsync(connection, $"EXEC sys.sp_cdc_enable_table N'{Name.Schema}', N'{Name.Table}', @role_name = NULL", cancellationToken);
        for (var id = 1; id <= rows; id += RowsAStatement)
            await ExecuteAsync(connection, Insert(id, Math.Min(id + RowsAStatement, rows + 1), columns), cancellationToken);
        while (await CountAsync(connection, cancellationToken) < rows)
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancellationToken);
    }

    private static IEnumerable<(string Definition, Func<int, string> Literal)> Columns(int columns) =>
        Enumerable.Range(1, columns - 1).Select(i => (i % 6) switch
        {
            1 => ($"Name{i} nvarchar(100) NOT NULL", (Func<int, string>)(id => $"N'name {id} {new string('x', 20)}'")),
            2 => ($"Amount{i} decimal(18, 2) NOT NULL", id => string.Create(CultureInfo.InvariantCulture, $"{id / 100m:0.00}")),
            3 => ($"At{i} datetime2(3) NULL", id => $"'2026-11-22T10:{id % 60:00}:{id % 59:00}.123'"),
            4 => ($"Count{i} bigint NOT NULL", id => ((long)id * 1_000_003).ToString(CultureInfo.InvariantCulture)),
            5 => ($"Flag{i} bit NOT NULL", id => (id & 1).ToString(CultureInfo.InvariantCulture)),
            _ => ($"Note{i} varchar(200) NULL", id => id % 5 == 0 ? "NULL" : $"'note of row {id} {new string('y', 40)}'"),
        });

    private static string Insert(int from, int to, int columns)
    {
        var definitions = Columns(columns).ToList();
        var text = new StringBuilder($"INSERT INTO {Name.Quoted} VALUES ");
        for (var id = from; id < to; id++)
            text.Append(CultureInfo.InvariantCulture, $"{(id == from ? "" : ", ")}({id}, {string.Join(", ", definitions.Select(column => column.Literal(id)))})");
        return text.ToString();
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
