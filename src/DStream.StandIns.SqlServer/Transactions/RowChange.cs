namespace DStream.StandIns.SqlServer.Transactions;

/// <summary>A row before and after a statement wrote it; null where there was or is none.</summary>
internal readonly record struct RowChange(object?[]? Before, object?[]? After);
