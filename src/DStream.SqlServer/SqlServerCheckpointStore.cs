using System.Data;
using DStream.Core;
using Microsoft.Data.SqlClient;
using Microsoft.Extensions.Logging;

namespace DStream.SqlServer;

/// <summary>Keeps checkpoints in table <c>dstream.checkpoints</c> of a database, and creates it where it is missing and the login may.</summary>
public sealed class SqlServerCheckpointStore : ICheckpointStore
{
    private readonly SqlServerDatabase _database;
    private readonly bool _createTable;
    private readonly ILogger _logger;

    /// <summary>For one database. Connects at the first call.</summary>
    /// <param name="options">Where, and whether to create the table.</param>
    /// <param name="time">For the bounds of commands; the table's own times are the server's.</param>
    /// <param name="logger">Says when the table was created.</param>
    /// <exception cref="ArgumentException">The connection string is none; the message does not repeat it (I8).</exception>
    public SqlServerCheckpointStore(SqlServerCheckpointOptions options, TimeProvider time, ILogger<SqlServerCheckpointStore> logger)
    {
        _database = new SqlServerDatabase(options.ConnectionString, options.CommandTimeout, time);
        _createTable = options.CreateTable;
        _logger = logger;
    }

    /// <inheritdoc/>
    public ValueTask<Checkpoint> BeginEpochAsync(SourceTable table, string owner, CancellationToken cancellationToken)
    {
        var name = owner.Length <= CheckpointStatements.OwnerLength ? owner : owner[..CheckpointStatements.OwnerLength];
        return RunAsync((connection, token) => BeginEpochAsync(connection, table, name, token), cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<Checkpoint?> LoadAsync(SourceTable table, CancellationToken cancellationToken)
    {
        try
        {
            return await _database.RunAsync(
                (connection, token) => ReadAsync(Command(connection, CheckpointStatements.Load, table), token), cancellationToken);
        }
        catch (ProviderException e) when (IsMissing(e.InnerException))
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public ValueTask<CheckpointSave> SaveAsync(SourceTable table, long epoch, ChangePosition position, CancellationToken cancellationToken) =>
        RunAsync((connection, token) => SaveAsync(connection, table, epoch, position, token), cancellationToken);

    private async ValueTask<Checkpoint> BeginEpochAsync(SqlConnection connection, SourceTable table, string owner, CancellationToken cancellationToken)
    {
        while (true)
        {
            var raised = await ReadAsync(
                Command(connection, CheckpointStatements.RaiseEpoch, table).With("@owner", owner, CheckpointStatements.OwnerLength), cancellationToken);
            if (raised is not null) return raised;
            try
            {
                await using var insert = Command(connection, CheckpointStatements.FirstEpoch, table).With("@owner", owner, CheckpointStatements.OwnerLength);
                await insert.ExecuteNonQueryAsync(cancellationToken);
                return new Checkpoint(1, null);
            }
            catch (SqlException e) when (SqlErrors.IsDuplicateKey(e.Number))
            {
                // Another owner began between the two statements: now there is a row to raise.
            }
        }
    }

    private async ValueTask<CheckpointSave> SaveAsync(
        SqlConnection connection, SourceTable table, long epoch, ChangePosition position, CancellationToken cancellationToken)
    {
        await using var command = Command(connection, CheckpointStatements.Save, table)
            .With("@epoch", epoch).With("@lsn", position.StartLsn).With("@command", position.CommandId).With("@seqval", position.SeqVal);
        command.Parameters.Add("@operation", SqlDbType.TinyInt).Value = (byte)position.Operation;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        if (reader.GetInt32(0) > 0) return CheckpointSave.Saved;
        return !reader.IsDBNull(1) && reader.GetInt64(1) == epoch ? CheckpointSave.NotForward : CheckpointSave.StaleEpoch;
    }

    private static async ValueTask<Checkpoint?> ReadAsync(SqlCommand statement, CancellationToken cancellationToken)
    {
        await using var command = statement;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) return null;
        return new Checkpoint(reader.GetInt64(0), reader.IsDBNull(1)
            ? null
            : new ChangePosition(reader.GetLsn(1), reader.GetInt32(2), reader.GetLsn(3), (ChangeOperation)reader.GetByte(4)));
    }

    private SqlCommand Command(SqlConnection connection, string text, SourceTable table) =>
        _database.Command(connection, text)
            .With("@server", table.Server, CheckpointStatements.ServerLength).With("@database", table.Database)
            .With("@schema", table.Table.Schema).With("@table", table.Table.Table);

    /// <summary>Runs the work, and once more after creating the table where that was missing: the steady state asks nothing beforehand.</summary>
    private async ValueTask<T> RunAsync<T>(Func<SqlConnection, CancellationToken, ValueTask<T>> work, CancellationToken cancellationToken)
    {
        try
        {
            return await _database.RunAsync(work, cancellationToken);
        }
        catch (ProviderException e) when (IsMissing(e.InnerException))
        {
            if (!_createTable) throw Missing("the configuration forbids to create it", e);
            await _database.RunAsync(CreateAsync, cancellationToken);
            return await _database.RunAsync(work, cancellationToken);
        }
    }

    private async ValueTask<bool> CreateAsync(SqlConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            await using var exists = _database.Command(connection, CheckpointStatements.SchemaExists);
            if (await exists.ExecuteScalarAsync(cancellationToken) is null or DBNull)
                await CreateAsync(connection, CheckpointStatements.CreateSchema, cancellationToken);
            if (await CreateAsync(connection, CheckpointStatements.CreateTable, cancellationToken))
                Log.CheckpointsCreated(_logger, _database.Errors.Name);
            return true;
        }
        catch (SqlException e) when (SqlErrors.IsDenied(e.Number) || e.Number is SqlErrors.SchemaMissingOrDenied or SqlErrors.CreateSchemaFailed)
        {
            throw Missing($"the login may not create it (error {e.Number})", e);
        }
    }

    private ProviderException Missing(string reason, Exception inner) => new(
        $"{_database.Errors.Name}: there is no table dstream.checkpoints, and {reason}. Run deploy/sql/checkpoints.sql in the database as its owner.",
        isTransient: false, inner);

    /// <summary>Whether it was created here: several processes may try at once.</summary>
    private async ValueTask<bool> CreateAsync(SqlConnection connection, string statement, CancellationToken cancellationToken)
    {
        try
        {
            await using var create = _database.Command(connection, statement);
            await create.ExecuteNonQueryAsync(cancellationToken);
            return true;
        }
        catch (SqlException e) when (e.Errors.Cast<SqlError>().Any(error => error.Number == SqlErrors.ObjectExists))
        {
            return false;
        }
    }

    private static bool IsMissing(Exception? e) => e is SqlException { Number: SqlErrors.InvalidObject };
}
