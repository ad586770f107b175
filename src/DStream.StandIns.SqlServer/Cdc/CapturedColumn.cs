using DStream.StandIns.SqlServer.Storage;
using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Values;

namespace DStream.StandIns.SqlServer.Cdc;

/// <summary>A source column that a capture instance captures.</summary>
/// <param name="Source">The column of the source table.</param>
/// <param name="Ordinal">Its place among the captured ones.</param>
/// <param name="SourceType">The type it had when the capture job last came to a definition of it.</param>
internal sealed record CapturedColumn(TableColumn Source, int Ordinal, SqlType SourceType)
{
    /// <summary>Its type in the change table: rowversion arrives as binary(8).</summary>
    public SqlType Type { get; } = SourceType.Kind == SqlKind.RowVersion ? new SqlType(SqlKind.Binary, 8) : SourceType;

    public bool IsOldLob { get; } = SqlTypes.IsOldLob(SourceType.Kind);

    public bool IsMaxLob { get; } = SqlTypes.IsMaxLob(SourceType);
}
