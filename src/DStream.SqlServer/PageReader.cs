using System.Data;
using DStream.Core;
using Microsoft.Data.SqlClient;

namespace DStream.SqlServer;

/// <summary>Reads pages of one table on a connection it is given. One call at a time.</summary>
internal sealed class PageReader(SqlServerDatabase database, CaptureInstance instance, PageStatements statements, ValueFormat format)
{
    private const int LeastExpectedBytes = 16 * 1024;

    private RowWriter? _rows;
    private int _expectedBytes = LeastExpectedBytes;

    /// <summary>The page after a position of this reader's order. The position's next LSN is not above <paramref name="upTo"/>.</summary>
    /// <exception cref="ChangeDataLostException">The low end is above the position (I3).</exception>
    /// <exception cref="SqlException">As the client throws it.</exception>
    public async ValueTask<ChangeBatch> ReadAsync(
        SqlConnection connection, ChangePosition after, Lsn upTo, PageLimits limits, CancellationToken cancellationToken)
    {
        await using var command = CreateCommand(connection, after, upTo, limits.MaxRows);
        using var page = new ChangeBatchBuilder(Math.Min(_expectedBytes, limits.MaxBytes));
        var reader = await command.ExecuteReaderAsync(CommandBehavior.SequentialAccess, cancellationToken);
        Lsn? low;
        ChangePosition? last;
        bool isFull;
        await using (reader.ConfigureAwait(false))
        {
            await CheckGuardAsync(reader, after, cancellationToken);
            (last, isFull) = await ReadRowsAsync(reader, after, page, limits, cancellationToken);
            low = isFull ? null : await ReadLowAsync(reader, cancellationToken);
            if (isFull) await CancelRestAsync(command, reader);
        }

        // I3: cleanup may have begun after the guard. It moves the low end first and deletes then, so this sees every row that it took.
        CheckLow(low ?? await AskLowAsync(connection, cancellationToken), after);
        _expectedBytes = Math.Max(LeastExpectedBytes, page.DataBytes + (page.DataBytes / 8));
        var hasMore = isFull || page.Count >= limits.MaxRows;
        return page.Build(hasMore && last is { } position ? position : Max(after, ChangePosition.EndOf(upTo)), hasMore);
    }

    private static ChangePosition Max(ChangePosition left, ChangePosition right) => left > right ? left : right;

    private SqlCommand CreateCommand(SqlConnection connection, ChangePosition after, Lsn upTo, int maxRows)
    {
        var inside = after.IsInsideTransaction;
        var command = database.Command(connection, statements.Text(inside))
            .With("@instance", instance.Name).With("@rows", maxRows).With("@from", after.NextLsn).With("@to", upTo);
        if (!inside) return command;
        command.With("@seqval", after.SeqVal).With("@operation", (int)after.Operation);
        return statements.CommandOrdered ? command.With("@command", after.CommandId) : command;
    }

    private async ValueTask CheckGuardAsync(SqlDataReader reader, ChangePosition after, CancellationToken cancellationToken)
    {
        if (!statements.GuardFirst) return;
        if (statements.MinLsnFirst) CheckLow(await reader.ReadAsync(cancellationToken) ? reader.GetLsn(0) : Lsn.Zero, after);
        await reader.NextResultAsync(cancellationToken);
    }

    private async ValueTask<(ChangePosition? Last, bool IsFull)> ReadRowsAsync(
        SqlDataReader reader, ChangePosition after, ChangeBatchBuilder page, PageLimits limits, CancellationToken cancellationToken)
    {
        ChangePosition? last = null;
        for (var set = statements.RowSets(after.IsInsideTransaction); set > 0; set--)
        {
            var rows = RowsFor(reader);
            while (await reader.ReadAsync(cancellationToken))
            {
                last = rows.Write(reader, page);
                if (page.DataBytes >= limits.MaxBytes) return (last, true);
            }

            await reader.NextResultAsync(cancellationToken);
        }

        return (last, false);
    }

    private RowWriter RowsFor(SqlDataReader reader)
    {
        return _rows?.Fits(reader) == true ? _rows : _rows = new RowWriter(instance, reader.GetColumnSchema(), format);
    }

    private static async ValueTask<Lsn> ReadLowAsync(SqlDataReader reader, CancellationToken cancellationToken) =>
        await reader.ReadAsync(cancellationToken) ? reader.GetLsn(0) : Lsn.Zero;

    /// <summary>Ends a page that is full: without this, closing the reader would drain all that is left of the result.</summary>
    private static async ValueTask CancelRestAsync(SqlCommand command, SqlDataReader reader)
    {
        command.Cancel();
        try
        {
            await reader.CloseAsync();
        }
        catch (SqlException e) when (e.Class < 20)
        {
            // The answer to the cancellation itself; the connection stays usable.
        }
    }

    private async ValueTask<Lsn> AskLowAsync(SqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = database.Command(connection, MetadataStatements.MinLsn).With("@instance", instance.Name);
        return await command.ExecuteScalarAsync(cancellationToken) is byte[] low ? Lsn.Read(low) : Lsn.Zero;
    }

    private void CheckLow(Lsn low, ChangePosition after)
    {
        if (low == Lsn.Zero) throw new CaptureInstanceGoneException();
        if (low > after.NextLsn) throw new ChangeDataLostException(instance.Table, after, low);
    }
}
