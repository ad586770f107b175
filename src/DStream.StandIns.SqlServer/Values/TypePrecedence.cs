using DStream.StandIns.SqlServer.Types;

namespace DStream.StandIns.SqlServer.Values;

/// <summary>Which type two operands meet in (Transact-SQL data type precedence).</summary>
internal static class TypePrecedence
{
    private static readonly SqlKind[] HighestFirst =
    [
        SqlKind.HierarchyId, SqlKind.Geometry, SqlKind.Geography, SqlKind.Json, SqlKind.Vector, SqlKind.SqlVariant, SqlKind.Xml,
        SqlKind.DateTimeOffset, SqlKind.DateTime2, SqlKind.DateTime, SqlKind.SmallDateTime, SqlKind.Date, SqlKind.Time,
        SqlKind.Float, SqlKind.Real, SqlKind.Decimal, SqlKind.Numeric, SqlKind.Money, SqlKind.SmallMoney,
        SqlKind.BigInt, SqlKind.Int, SqlKind.SmallInt, SqlKind.TinyInt, SqlKind.Bit,
        SqlKind.NText, SqlKind.Text, SqlKind.Image, SqlKind.RowVersion, SqlKind.UniqueIdentifier,
        SqlKind.NVarChar, SqlKind.NChar, SqlKind.VarChar, SqlKind.Char, SqlKind.VarBinary, SqlKind.Binary,
    ];

    private static readonly int[] Ranks = BuildRanks();

    /// <summary>Higher wins.</summary>
    public static int Rank(SqlKind kind) => Ranks[(int)kind];

    /// <summary>The type of a CASE, COALESCE, UNION column or comparison over both.</summary>
    public static SqlType Common(SqlType left, SqlType right)
    {
        if (left == right)
        {
            return left;
        }
        var (high, low) = Rank(left.Kind) >= Rank(right.Kind) ? (left, right) : (right, left);
        if (SqlTypes.IsDecimal(high.Kind) && (SqlTypes.IsDecimal(low.Kind) || SqlTypes.IsInteger(low.Kind) || SqlTypes.IsMoney(low.Kind)))
        {
            return WidestDecimal(AsDecimal(high), AsDecimal(low));
        }
        if (SqlTypes.IsCharacter(high.Kind) && SqlTypes.IsCharacter(low.Kind))
        {
            return WidestCharacters(high, low);
        }
        if (SqlTypes.IsBinary(high.Kind) && SqlTypes.IsBinary(low.Kind) && high.Kind is SqlKind.VarBinary or SqlKind.Binary)
        {
            return high with { MaxLength = high.MaxLength == -1 || low.MaxLength == -1 ? -1 : Math.Max(high.MaxLength, low.MaxLength) };
        }
        return high.Kind == low.Kind && high.Scale < low.Scale ? high with { Scale = low.Scale } : high;
    }

    /// <summary>The decimal type that holds every value of an exact numeric type.</summary>
    public static SqlType AsDecimal(SqlType type) => type.Kind switch
    {
        SqlKind.Decimal or SqlKind.Numeric => type,
        SqlKind.Bit => SqlTypes.Decimal(1, 0),
        SqlKind.TinyInt => SqlTypes.Decimal(3, 0),
        SqlKind.SmallInt => SqlTypes.Decimal(5, 0),
        SqlKind.Int => SqlTypes.Decimal(10, 0),
        SqlKind.BigInt => SqlTypes.Decimal(19, 0),
        SqlKind.SmallMoney => SqlTypes.Decimal(10, 4),
        _ => SqlTypes.Decimal(19, 4),
    };

    private static SqlType WidestDecimal(SqlType a, SqlType b)
    {
        var scale = Math.Max(a.Scale, b.Scale);
        return SqlTypes.Decimal(Math.Min(38, Math.Max(a.Precision - a.Scale, b.Precision - b.Scale) + scale), scale);
    }

    private static SqlType WidestCharacters(SqlType high, SqlType low)
    {
        if (high.Kind is SqlKind.Xml or SqlKind.Json or SqlKind.NText or SqlKind.Text)
        {
            return high;
        }
        var characters = Math.Max(SqlTypes.Characters(high), SqlTypes.Characters(low));
        var fixedLength = high.Kind is SqlKind.Char or SqlKind.NChar && low.Kind is SqlKind.Char or SqlKind.NChar;
        return (SqlTypes.IsNational(high.Kind), fixedLength) switch
        {
            (true, true) => SqlTypes.NChar(characters),
            (true, false) => SqlTypes.NVarChar(characters == int.MaxValue ? -1 : characters),
            (false, true) => SqlTypes.Char(characters),
            _ => SqlTypes.VarChar(characters == int.MaxValue ? -1 : characters),
        };
    }

    private static int[] BuildRanks()
    {
        var ranks = new int[Enum.GetValues<SqlKind>().Length];
        for (var i = 0; i < HighestFirst.Length; i++)
        {
            ranks[(int)HighestFirst[i]] = HighestFirst.Length - i;
        }
        return ranks;
    }
}
