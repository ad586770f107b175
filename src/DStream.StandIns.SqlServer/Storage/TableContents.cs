namespace DStream.StandIns.SqlServer.Storage;

/// <summary>A table's layout and committed rows at one moment.</summary>
internal sealed record TableContents(IReadOnlyList<TableColumn> Columns, IReadOnlyList<TableIndex> Indexes, IReadOnlyList<object?[]> Rows, long NextIdentity, int LastColumnId);
