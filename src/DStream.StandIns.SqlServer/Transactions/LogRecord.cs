using DStream.StandIns.SqlServer.Cdc;
using DStream.StandIns.SqlServer.Storage;

namespace DStream.StandIns.SqlServer.Transactions;

/// <summary>What a transaction's log says of one row of a tracked table: the images, in the layout the table had then.</summary>
/// <param name="Table">The source table.</param>
/// <param name="Layout">Its columns when the row was written.</param>
/// <param name="Before">The row before; null for an insert.</param>
/// <param name="After">The row after; null for a delete.</param>
/// <param name="Sequence">The record's own number: __$seqval.</param>
/// <param name="CommandId">The order of the operation in its transaction: __$command_id.</param>
internal sealed record LogRecord(
    Table Table, IReadOnlyList<TableColumn> Layout, object?[]? Before, object?[]? After, Lsn Sequence, int CommandId);
