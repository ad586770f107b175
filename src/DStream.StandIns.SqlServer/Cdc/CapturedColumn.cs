using DStream.StandIns.SqlServer.Storage;
using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Values;

namespace DStream.StandIns.SqlServer.Cdc;

/// <summary>A source column that a capture instance captures.</summary>
internal sealed record CapturedColumn(TableColumn Source, int Ordinal)
{
    /// <summary>Its type in the change table: rowversion arrives as binary(8).</summary>
    public SqlType Type { get; } = Source.Type.Kind == SqlKind.RowVersion ? new SqlType(SqlKind.Binary, 8) : Source.Type;

    public bool IsOldLob { get; } = SqlTypes.IsOldLob(Source.Type.Kind);

    public bool IsMaxLob { get; } = SqlTypes.IsMaxLob(Source.Type);
}
