namespace DStream.StandIns.SqlServer.Types;

/// <summary>
/// A declared type. Values of it are, between engine and wire, these CLR types (null is NULL):
/// bit bool; tinyint byte; smallint short; int int; bigint long; decimal and numeric <see cref="System.Data.SqlTypes.SqlDecimal"/>;
/// money and smallmoney decimal; real float; float double; all character types, xml and json string; all binary types,
/// rowversion (8 bytes), hierarchyid, geometry and geography byte[]; date DateOnly; time TimeOnly; smalldatetime, datetime and
/// datetime2 DateTime; datetimeoffset DateTimeOffset; uniqueidentifier Guid; sql_variant <see cref="SqlVariantValue"/>; vector float[].
/// </summary>
/// <param name="Kind">The data type.</param>
/// <param name="MaxLength">Bytes, as sys.columns.max_length has it (nvarchar(50) is 100); -1 is (max); 0 where the kind has none.</param>
/// <param name="Precision">Digits, for decimal and numeric.</param>
/// <param name="Scale">Digits after the point, or of the fractional second.</param>
public sealed record SqlType(SqlKind Kind, int MaxLength = 0, byte Precision = 0, byte Scale = 0)
{
    /// <summary>The collation of a character type that COLLATE gave; null is the database's.</summary>
    public string? Collation { get; init; }
}
