using DStream.StandIns.SqlServer.Types;

namespace DStream.StandIns.SqlServer.Values;

/// <summary>The names, identifiers and sizes by which the catalog describes types (sys.types, sys.columns).</summary>
internal static class TypeNames
{
    private static readonly Dictionary<SqlKind, (string Name, byte SystemId, int UserId, short MaxLength, byte Precision, byte Scale)> Rows = new()
    {
        [SqlKind.Image] = ("image", 34, 34, 16, 0, 0),
        [SqlKind.Text] = ("text", 35, 35, 16, 0, 0),
        [SqlKind.UniqueIdentifier] = ("uniqueidentifier", 36, 36, 16, 0, 0),
        [SqlKind.Date] = ("date", 40, 40, 3, 10, 0),
        [SqlKind.Time] = ("time", 41, 41, 5, 16, 7),
        [SqlKind.DateTime2] = ("datetime2", 42, 42, 8, 27, 7),
        [SqlKind.DateTimeOffset] = ("datetimeoffset", 43, 43, 10, 34, 7),
        [SqlKind.TinyInt] = ("tinyint", 48, 48, 1, 3, 0),
        [SqlKind.SmallInt] = ("smallint", 52, 52, 2, 5, 0),
        [SqlKind.Int] = ("int", 56, 56, 4, 10, 0),
        [SqlKind.SmallDateTime] = ("smalldatetime", 58, 58, 4, 16, 0),
        [SqlKind.Real] = ("real", 59, 59, 4, 24, 0),
        [SqlKind.Money] = ("money", 60, 60, 8, 19, 4),
        [SqlKind.DateTime] = ("datetime", 61, 61, 8, 23, 3),
        [SqlKind.Float] = ("float", 62, 62, 8, 53, 0),
        [SqlKind.SqlVariant] = ("sql_variant", 98, 98, 8016, 0, 0),
        [SqlKind.NText] = ("ntext", 99, 99, 16, 0, 0),
        [SqlKind.Bit] = ("bit", 104, 104, 1, 1, 0),
        [SqlKind.Decimal] = ("decimal", 106, 106, 17, 38, 38),
        [SqlKind.Numeric] = ("numeric", 108, 108, 17, 38, 38),
        [SqlKind.SmallMoney] = ("smallmoney", 122, 122, 4, 10, 4),
        [SqlKind.BigInt] = ("bigint", 127, 127, 8, 19, 0),
        [SqlKind.HierarchyId] = ("hierarchyid", 240, 128, 892, 0, 0),
        [SqlKind.Geometry] = ("geometry", 240, 129, -1, 0, 0),
        [SqlKind.Geography] = ("geography", 240, 130, -1, 0, 0),
        [SqlKind.VarBinary] = ("varbinary", 165, 165, 8000, 0, 0),
        [SqlKind.VarChar] = ("varchar", 167, 167, 8000, 0, 0),
        [SqlKind.Binary] = ("binary", 173, 173, 8000, 0, 0),
        [SqlKind.Char] = ("char", 175, 175, 8000, 0, 0),
        [SqlKind.RowVersion] = ("timestamp", 189, 189, 8, 0, 0),
        [SqlKind.NVarChar] = ("nvarchar", 231, 231, 8000, 0, 0),
        [SqlKind.NChar] = ("nchar", 239, 239, 8000, 0, 0),
        [SqlKind.Xml] = ("xml", 241, 241, -1, 0, 0),
        [SqlKind.Json] = ("json", 244, 244, -1, 0, 0),
        [SqlKind.Vector] = ("vector", 165, 255, 8000, 0, 0),
    };

    public static IEnumerable<SqlKind> Kinds => Rows.Keys;

    public static string Name(SqlKind kind) => Rows[kind].Name;

    public static byte SystemId(SqlKind kind) => Rows[kind].SystemId;

    public static int UserId(SqlKind kind) => Rows[kind].UserId;

    /// <summary>sys.columns.max_length: bytes of storage for the kinds without a declared length too.</summary>
    public static short MaxLength(SqlType type) => type.Kind switch
    {
        _ when type.MaxLength != 0 => (short)type.MaxLength,
        SqlKind.Decimal or SqlKind.Numeric => (short)(type.Precision <= 9 ? 5 : type.Precision <= 19 ? 9 : type.Precision <= 28 ? 13 : 17),
        SqlKind.Time => (short)(type.Scale <= 2 ? 3 : type.Scale <= 4 ? 4 : 5),
        SqlKind.DateTime2 => (short)(type.Scale <= 2 ? 6 : type.Scale <= 4 ? 7 : 8),
        SqlKind.DateTimeOffset => (short)(type.Scale <= 2 ? 8 : type.Scale <= 4 ? 9 : 10),
        _ => Rows[type.Kind].MaxLength,
    };

    public static byte Precision(SqlType type) => type.Kind switch
    {
        SqlKind.Decimal or SqlKind.Numeric => type.Precision,
        SqlKind.Time => (byte)(type.Scale == 0 ? 8 : 9 + type.Scale),
        SqlKind.DateTime2 => (byte)(type.Scale == 0 ? 19 : 20 + type.Scale),
        SqlKind.DateTimeOffset => (byte)(type.Scale == 0 ? 26 : 27 + type.Scale),
        _ => Rows[type.Kind].Precision,
    };

    public static byte Scale(SqlType type) =>
        type.Kind is SqlKind.Decimal or SqlKind.Numeric or SqlKind.Time or SqlKind.DateTime2 or SqlKind.DateTimeOffset
            ? type.Scale
            : Rows[type.Kind].Scale;

    /// <summary>The type as a declaration has it: nvarchar(50), decimal(10,2).</summary>
    public static string Declaration(SqlType type) => type.Kind switch
    {
        SqlKind.Decimal or SqlKind.Numeric => $"{Name(type.Kind)}({type.Precision},{type.Scale})",
        SqlKind.Time or SqlKind.DateTime2 or SqlKind.DateTimeOffset => $"{Name(type.Kind)}({type.Scale})",
        SqlKind.Char or SqlKind.VarChar or SqlKind.NChar or SqlKind.NVarChar or SqlKind.Binary or SqlKind.VarBinary =>
            $"{Name(type.Kind)}({(type.MaxLength == -1 ? "max" : (SqlTypes.IsNational(type.Kind) ? type.MaxLength / 2 : type.MaxLength))})",
        _ => Name(type.Kind),
    };

    public static SqlKind? Find(string name)
    {
        var lower = name.ToLowerInvariant();
        if (lower is "rowversion")
        {
            return SqlKind.RowVersion;
        }
        foreach (var (kind, row) in Rows)
        {
            if (row.Name == lower)
            {
                return kind;
            }
        }
        return null;
    }
}
