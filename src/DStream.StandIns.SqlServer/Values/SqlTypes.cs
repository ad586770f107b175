using DStream.StandIns.SqlServer.Types;

namespace DStream.StandIns.SqlServer.Values;

/// <summary>The declared types the engine makes itself, and what it asks of any type.</summary>
internal static class SqlTypes
{
    public static readonly SqlType Bit = new(SqlKind.Bit);
    public static readonly SqlType TinyInt = new(SqlKind.TinyInt);
    public static readonly SqlType SmallInt = new(SqlKind.SmallInt);
    public static readonly SqlType Int = new(SqlKind.Int);
    public static readonly SqlType BigInt = new(SqlKind.BigInt);
    public static readonly SqlType Money = new(SqlKind.Money);
    public static readonly SqlType Real = new(SqlKind.Real);
    public static readonly SqlType Float = new(SqlKind.Float);
    public static readonly SqlType Date = new(SqlKind.Date);
    public static readonly SqlType DateTime = new(SqlKind.DateTime);
    public static readonly SqlType UniqueIdentifier = new(SqlKind.UniqueIdentifier);
    public static readonly SqlType SysName = NVarChar(128);
    public static readonly SqlType Lsn = new(SqlKind.Binary, 10);
    public static readonly SqlType Variant = new(SqlKind.SqlVariant, 8016);

    public static SqlType NVarChar(int characters) => new(SqlKind.NVarChar, characters is < 0 or > 4000 ? -1 : Math.Max(1, characters) * 2);

    public static SqlType VarChar(int characters) => new(SqlKind.VarChar, characters is < 0 or > 8000 ? -1 : Math.Max(1, characters));

    public static SqlType Char(int characters) => new(SqlKind.Char, characters);

    public static SqlType NChar(int characters) => new(SqlKind.NChar, characters * 2);

    public static SqlType VarBinary(int bytes) => new(SqlKind.VarBinary, bytes is < 0 or > 8000 ? -1 : Math.Max(1, bytes));

    public static SqlType Decimal(int precision, int scale) => new(SqlKind.Decimal, 0, (byte)Math.Clamp(precision, 1, 38), (byte)Math.Clamp(scale, 0, 38));

    public static SqlType DateTime2(int scale = 7) => new(SqlKind.DateTime2, 0, 0, (byte)scale);

    public static bool IsNational(SqlKind kind) => kind is SqlKind.NChar or SqlKind.NVarChar or SqlKind.NText or SqlKind.Xml or SqlKind.Json;

    public static bool IsCharacter(SqlKind kind) => IsNational(kind) || kind is SqlKind.Char or SqlKind.VarChar or SqlKind.Text;

    public static bool IsBinary(SqlKind kind) => kind is SqlKind.Binary or SqlKind.VarBinary or SqlKind.Image or SqlKind.RowVersion
        or SqlKind.HierarchyId or SqlKind.Geometry or SqlKind.Geography;

    public static bool IsInteger(SqlKind kind) => kind is SqlKind.TinyInt or SqlKind.SmallInt or SqlKind.Int or SqlKind.BigInt;

    public static bool IsDecimal(SqlKind kind) => kind is SqlKind.Decimal or SqlKind.Numeric;

    public static bool IsMoney(SqlKind kind) => kind is SqlKind.Money or SqlKind.SmallMoney;

    public static bool IsApproximate(SqlKind kind) => kind is SqlKind.Real or SqlKind.Float;

    public static bool IsNumeric(SqlKind kind) => IsInteger(kind) || IsDecimal(kind) || IsMoney(kind) || IsApproximate(kind) || kind == SqlKind.Bit;

    public static bool IsTemporal(SqlKind kind) => kind is >= SqlKind.Date and <= SqlKind.DateTimeOffset;

    /// <summary>text, ntext, image: what CDC leaves out of deletes and before-images.</summary>
    public static bool IsOldLob(SqlKind kind) => kind is SqlKind.Text or SqlKind.NText or SqlKind.Image;

    /// <summary>(max), xml and json: what CDC leaves out of before-images unless the update changed it.</summary>
    public static bool IsMaxLob(SqlType type) => type.MaxLength == -1 || type.Kind is SqlKind.Xml or SqlKind.Json;

    /// <summary>The length of a character type in characters; int.MaxValue for (max).</summary>
    public static int Characters(SqlType type) => type.MaxLength == -1 || IsOldLob(type.Kind) || type.Kind is SqlKind.Xml or SqlKind.Json
        ? int.MaxValue
        : IsNational(type.Kind) ? type.MaxLength / 2 : type.MaxLength;

    /// <summary>
    /// Types of one family compare by one comparer without a conversion that could lose anything: what an index seek needs.
    /// </summary>
    public static int Family(SqlKind kind) =>
        IsInteger(kind) ? 1 : IsCharacter(kind) ? 2 : IsBinary(kind) ? 3 : IsDecimal(kind) ? 4
        : kind is SqlKind.DateTime or SqlKind.DateTime2 or SqlKind.SmallDateTime ? 5 : 100 + (int)kind;
}
