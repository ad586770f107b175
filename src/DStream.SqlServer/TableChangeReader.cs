using DStream.Core;
using Microsoft.Data.SqlClient;

namespace DStream.SqlServer;

/// <inheritdoc/>
internal sealed class TableChangeReader : ITableChangeReader
{
    private readonly SqlServerDatabase _database;
    private readonly CaptureInstance _instance;
    private readonly Remedies _remedies;
    private readonly Func<PageReader> _createPages;
    private PageReader _pages;

    public TableChangeReader(SqlServerDatabase database, CaptureInstance instance, ReadPlan plan, TableReadOptions options, Remedies remedies)
    {
        _database = database;
        _instance = instance;
        _remedies = remedies;
        var statements = new PageStatements(instance, plan, options.UpdateImages);
        _createPages = () => new PageReader(database, instance, statements, options.ValueFormat);
        _pages = _createPages();
        Table = new TableDescription(
            instance.Table, instance.Name, instance.LowLsn, [.. instance.Columns.Select(column => column.Name)], instance.KeyColumns, !plan.CommandOrder);
    }

    /// <inheritdoc/>
    public TableDescription Table { get; }

    /// <inheritdoc/>
    public async ValueTask<ChangeBatch> ReadAsync(ChangePosition after, Lsn upTo, PageLimits limits, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limits.MaxRows, 1, nameof(limits));
        var from = after.ForOrder(Table.FunctionOrder); // I5a

        // Nothing can lie between, and the function fails (313) where its bounds are out of order.
        if (upTo < from.NextLsn) return Empty(from, upTo);
        var pages = _pages;
        try
        {
            return await _database.RunAsync((connection, token) => ReadPageAsync(pages, connection, from, upTo, limits, token), cancellationToken);
        }
        catch
        {
            // The read that failed may still be blocked inside of the client, with the buffers of this one.
            _pages = _createPages();
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static ChangeBatch Empty(ChangePosition after, Lsn upTo)
    {
        using var page = new ChangeBatchBuilder(0);
        var end = ChangePosition.EndOf(upTo);
        return page.Build(after > end ? after : end, hasMore: false);
    }

    private async ValueTask<ChangeBatch> ReadPageAsync(
        PageReader pages, SqlConnection connection, ChangePosition after, Lsn upTo, PageLimits limits, CancellationToken cancellationToken)
    {
        try
        {
            return await pages.ReadAsync(connection, after, upTo, limits, cancellationToken);
        }
        catch (CaptureInstanceGoneException e)
        {
            throw Gone(e);
        }
        catch (SqlException e) when (SqlErrors.IsDenied(e.Number))
        {
            throw new TableNotReadyException(Table.Name, $"the login may no longer read its changes (error {e.Number}).", Grants, e);
        }
        catch (SqlException e) when (SqlErrors.ConcernsCaptureInstance(e.Number))
        {
            throw await ExplainAsync(connection, e, after, upTo, cancellationToken);
        }
    }

    private string Grants => Table.FunctionOrder ? _remedies.ReadFunction(_instance) : _remedies.ReadChangeTable(_instance) + " " + _remedies.ReadFunction(_instance);

    /// <summary>
    /// Tells apart what the same errors mean. 313 stands for a bound out of range (a gap, a restored database), for a missing permission and for
    /// an instance that is gone; 207 and 208 for an instance that is gone or was made anew with other columns.
    /// </summary>
    private async ValueTask<Exception> ExplainAsync(SqlConnection connection, SqlException e, ChangePosition after, Lsn upTo, CancellationToken cancellationToken)
    {
        Lsn low, max;
        try
        {
            (low, max) = await AskRangeAsync(connection, cancellationToken);
        }
        catch (SqlException off) when (off.Number is SqlErrors.InvalidObject or SqlErrors.DatabaseNotEnabled)
        {
            return new TableNotReadyException(Table.Name, "change data capture was switched off in the database.", _remedies.EnableDatabase, off);
        }

        if (low == Lsn.Zero) return Gone(e);
        if (low > after.NextLsn) return new ChangeDataLostException(Table.Name, after, low); // I3
        if (e.Number != SqlErrors.FunctionArguments)
            return new TableNotReadyException(Table.Name, $"capture instance \"{_instance.Name}\" was made anew or changed its columns: {e.Message}",
                "none, it is opened again.", e);
        return max < upTo
            ? new ProviderException($"{_database.Errors.Name}, table {Table.Name}: the database's max LSN {max} lies below {upTo}, which was read from it before. "
                + "It was restored or replaced: check that its checkpoints still belong to it.", isTransient: false, e)
            : new TableNotReadyException(Table.Name, $"{_instance.Function} refuses a valid range, as it does where the login may not read.", Grants, e);
    }

    private async ValueTask<(Lsn Low, Lsn Max)> AskRangeAsync(SqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = _database.Command(connection, MetadataStatements.Range).With("@instance", _instance.Name);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? (reader.GetLsn(0), reader.GetLsn(1)) : (Lsn.Zero, Lsn.Zero);
    }

    private TableNotReadyException Gone(Exception e) => new(
        Table.Name, $"capture instance \"{_instance.Name}\" was dropped, or the login may no longer see it.",
        $"{_remedies.EnableTable(Table.Name)} Or, where it is still there: {Grants}", e);
}
