using DStream.StandIns.SqlServer.Cdc;
using DStream.StandIns.SqlServer.Storage;
using DStream.StandIns.SqlServer.Types;

namespace DStream.StandIns.SqlServer.Transactions;

/// <summary>What a transaction's log says of a definition that the capture job must know of.</summary>
/// <param name="Table">The source table.</param>
/// <param name="Command">The statement that changed its columns; null where change data capture itself was changed.</param>
/// <param name="Time">When it ran.</param>
/// <param name="Altered">A column whose type changed.</param>
/// <param name="Removed">A capture instance that goes with the commit.</param>
internal sealed record Definition(Table Table, string? Command, DateTime Time, TableColumn? Altered = null, CaptureInstance? Removed = null)
{
    /// <summary>The altered column's type as the definition left it; a later one may change it again before the capture job comes here.</summary>
    public SqlType? AlteredType { get; } = Altered?.Type;
}
