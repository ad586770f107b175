using DStream.StandIns.SqlServer.Types;

namespace DStream.StandIns.SqlServer.Sessions;

/// <summary>Takes what a request returns, in the order in which the client must see it.</summary>
public interface IResultSink
{
    /// <summary>Starts a result set.</summary>
    void Columns(IReadOnlyList<SqlColumn> columns);

    /// <summary>One row, values in the CLR types that <see cref="SqlType"/> names.</summary>
    void Row(ReadOnlySpan<object?> values);

    /// <summary>One row already encoded by <c>RowEncoder</c> for the columns of this result set, its ROW token included.</summary>
    void EncodedRow(ReadOnlySpan<byte> row);

    /// <summary>
    /// Ends a statement: DONE (or DONEINPROC) with its count; null where SET NOCOUNT ON or the statement has none. A statement of
    /// kind <see cref="StatementKind.Other"/> that returned columns counts as a SELECT.
    /// </summary>
    void StatementDone(long? rowCount, StatementKind kind = StatementKind.Other);

    /// <summary>An error or an informational message; does not end the statement.</summary>
    void Message(SqlError message);

    void ReturnStatus(int value);
    void OutputParameter(SqlParameter parameter);

    /// <summary>Called by the engine between rows every few hundred; waits while the client does not read (backpressure).</summary>
    ValueTask FlushAsync(CancellationToken attention);
}
