using DStream.StandIns.SqlServer.Types;

namespace DStream.StandIns.SqlServer.Storage;

/// <summary>A table's name, layout, constraints and committed rows at one moment.</summary>
internal sealed record TableContents(
    string Schema,
    string Name,
    IReadOnlyList<(TableColumn Column, string Name, SqlType Type, bool IsNullable)> Columns,
    IReadOnlyList<TableIndex> Indexes,
    IReadOnlyList<CheckConstraint> Checks,
    IReadOnlyList<ForeignKey> ForeignKeys,
    IReadOnlyList<ForeignKey> ReferencedBy,
    IReadOnlyList<object?[]> Rows,
    long NextIdentity,
    int LastColumnId);
