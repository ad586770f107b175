using Microsoft.Data.SqlClient;

namespace DStream.Sandbox.Workloads;

/// <summary>Commits transactions of inserts, bulk loads, updates, deletes and key swaps over some tables, as its seed says.</summary>
public sealed class Workload
{
    private readonly string _connectionString;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly List<TableWriter> _writers;

    public Workload(string connectionString, IReadOnlyList<SandboxTable> tables, int seed, TimeProvider time)
    {

        // Not pooled: a connection that waited in the pool while the server restarted would fail at its first use.
        _connectionString = new SqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString;
        _time = time;
        _random = new Random(seed);
        _writers = [.. tables.Select(table => new TableWriter(table, _random, time))];
    }

    /// <summary>Whether there are updates of keys.</summary>
    public bool SwapsKeys { get; init; } = true;

    /// <summary>Commits until that many changes are in the log, or until cancelled; as fast as the rate allows.</summary>
    /// <param name="log">Takes what was committed.</param>
    /// <param name="changes">How many changes more; null for no end.</param>
    /// <param name="rate">Changes a second; 0 for as many as can be.</param>
    /// <param name="cancellationToken">Ends the workload.</param>
    public async Task RunAsync(CommittedLog log, int? changes, double rate, CancellationToken cancellationToken)
    {
        await using var connection = new SqlConnection(_connectionString);
        await connection.OpenAsync(cancellationToken);

        // A second's worth at most, so that a slow rate flows and does not stand still after each bulk load.
        var bulkRows = rate > 0 ? (int)Math.Clamp(rate, 1, TableWriter.MostBulkRows) : TableWriter.MostBulkRows;
        var began = _time.GetTimestamp();
        var committed = 0;
        while (changes is null || committed < changes)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var writer = _writers[_random.Next(_writers.Count)];
            var room = changes is null ? int.MaxValue : changes.Value - committed;

            // Never broken off half way: of a commit that was, nobody could say whether it holds, and the log would lack what arrives.
            var transaction = await writer.RunTransactionAsync(connection, new TransactionLimits(room, bulkRows, SwapsKeys), CancellationToken.None);
            log.Add(writer.Table.Name, transaction);
            committed += transaction.Count;
            if (rate <= 0) continue;

            var due = TimeSpan.FromSeconds(committed / rate) - _time.GetElapsedTime(began);
            if (due > TimeSpan.Zero) await Task.Delay(due, _time, cancellationToken);
        }
    }

    /// <summary>Creates the connection string's database with the tables and enables change data capture.</summary>
    public static async Task CreateDatabaseAsync(string connectionString, IReadOnlyList<SandboxTable> tables, CancellationToken cancellationToken)
    {
        var database = new SqlConnectionStringBuilder(connectionString).InitialCatalog;
        await using var connection = new SqlConnection(new SqlConnectionStringBuilder(connectionString) { InitialCatalog = "master" }.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        List<string> statements = [$"CREATE DATABASE [{database}]", $"USE [{database}]", "EXEC sys.sp_cdc_enable_db"];
        foreach (var statement in statements.Concat(tables.SelectMany(static table => table.CreateStatements)))
        {
            await using var command = connection.CreateCommand();
            command.CommandText = statement;
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }
}
