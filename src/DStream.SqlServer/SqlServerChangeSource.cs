using System.Collections.Concurrent;
using DStream.Core;
using Microsoft.Data.SqlClient;
using Microsoft.Extensions.Logging;

namespace DStream.SqlServer;

/// <summary>Reads the changes that change data capture recorded in one database.</summary>
public sealed class SqlServerChangeSource : IChangeSource
{
    private readonly SqlServerSourceOptions _options;
    private readonly ILogger _logger;
    private readonly SqlServerDatabase _database;
    private readonly Remedies _remedies;
    private readonly ChangeFinder _finder;
    private readonly ConcurrentDictionary<TableName, ReadPlan> _plans = new();

    /// <summary>For one database. Connects at the first call.</summary>
    /// <exception cref="ArgumentException">The connection string is none; the message does not repeat it (I8).</exception>
    public SqlServerChangeSource(SqlServerSourceOptions options, TimeProvider time, ILogger<SqlServerChangeSource> logger)
    {
        _options = options;
        _logger = logger;
        _database = new SqlServerDatabase(options.ConnectionString, options.CommandTimeout, time);
        _remedies = new Remedies(_database.Errors.Database, _database.User);
        _finder = new ChangeFinder(_database, logger);
    }

    /// <inheritdoc/>
    public ValueTask<Lsn> GetMaxLsnAsync(CancellationToken cancellationToken) => _database.RunAsync(AskMaxAsync, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlySet<TableName>?> FindChangedAsync(
        IReadOnlyCollection<TablePosition> tables, Lsn upTo, CancellationToken cancellationToken) =>
        _finder.FindAsync(tables, upTo, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ITableChangeReader> OpenAsync(TableName table, CancellationToken cancellationToken) =>
        _database.RunAsync((connection, token) => OpenAsync(connection, table, token), cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async ValueTask<ITableChangeReader> OpenAsync(SqlConnection connection, TableName table, CancellationToken cancellationToken)
    {
        var options = _options.ForTable?.Invoke(table) ?? _options.Tables;
        var instance = await new CaptureInstanceResolver(_database, _remedies, _logger).ResolveAsync(connection, table, options.CaptureInstance, cancellationToken);
        var plan = await new ReadPlanner(_database, _remedies).PlanAsync(connection, instance, options.ReadMode, cancellationToken);
        _finder.Learn(instance.Name, plan.ChangeTableReadable);
        LogOnce(instance, plan);
        return new TableChangeReader(_database, instance, plan, options, _remedies);
    }

    // A table that is opened again after a failure chooses the same again, and says nothing.
    private void LogOnce(CaptureInstance instance, ReadPlan plan)
    {
        if (_plans.TryGetValue(instance.Table, out var known) && known == plan) return;
        _plans[instance.Table] = plan;
        Log.ReadPlan(_logger, instance.Table, instance.Name, plan.CommandOrder ? "command" : "function", plan.Reason);
        if (!plan.CommandOrder) Log.FunctionOrder(_logger, instance.Table);
    }

    private async ValueTask<Lsn> AskMaxAsync(SqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = _database.Command(connection, MetadataStatements.MaxLsn);
        try
        {
            return await command.ExecuteScalarAsync(cancellationToken) is byte[] max ? Lsn.Read(max) : Lsn.Zero;
        }
        catch (SqlException e) when (e.Number is SqlErrors.InvalidObject or SqlErrors.DatabaseNotEnabled)
        {
            throw new ProviderException($"{_database.Errors.Name}: change data capture is off in the database. Run: {_remedies.EnableDatabase}", isTransient: false, e);
        }
    }
}
