using System.Data.SqlTypes;
using DStream.StandIns.SqlServer.Types;

namespace DStream.StandIns.SqlServer.Values;

/// <summary>Total orders of values that are not NULL, one for each family of types.</summary>
internal static class ValueOrder
{
    /// <summary>The order of two values that both have type <paramref name="type"/>.</summary>
    public static Comparison<object> Of(SqlType type) => type.Kind switch
    {
        SqlKind.Bit => static (a, b) => ((bool)a).CompareTo((bool)b),
        SqlKind.TinyInt => static (a, b) => ((byte)a).CompareTo((byte)b),
        SqlKind.SmallInt => static (a, b) => ((short)a).CompareTo((short)b),
        SqlKind.Int => static (a, b) => ((int)a).CompareTo((int)b),
        SqlKind.BigInt => static (a, b) => ((long)a).CompareTo((long)b),
        SqlKind.Decimal or SqlKind.Numeric => static (a, b) => ((SqlDecimal)a).CompareTo((SqlDecimal)b),
        SqlKind.Money or SqlKind.SmallMoney => static (a, b) => ((decimal)a).CompareTo((decimal)b),
        SqlKind.Real => static (a, b) => ((float)a).CompareTo((float)b),
        SqlKind.Float => static (a, b) => ((double)a).CompareTo((double)b),
        SqlKind.Date => static (a, b) => ((DateOnly)a).CompareTo((DateOnly)b),
        SqlKind.Time => static (a, b) => ((TimeOnly)a).CompareTo((TimeOnly)b),
        SqlKind.SmallDateTime or SqlKind.DateTime or SqlKind.DateTime2 => static (a, b) => ((DateTime)a).CompareTo((DateTime)b),
        SqlKind.DateTimeOffset => static (a, b) => ((DateTimeOffset)a).CompareTo((DateTimeOffset)b),
        SqlKind.UniqueIdentifier => static (a, b) => new SqlGuid((Guid)a).CompareTo(new SqlGuid((Guid)b)),
        SqlKind.SqlVariant => CompareVariants,
        SqlKind.Vector => static (a, b) => ((float[])a).AsSpan().SequenceCompareTo((float[])b),
        _ when SqlTypes.IsCharacter(type.Kind) => Collation.OrderOf(type.Collation),
        _ => static (a, b) => CompareBytes((byte[])a, (byte[])b),
    };

    /// <summary>NULL sorts first, as ORDER BY and indexes have it.</summary>
    public static Comparison<object?> NullsFirst(SqlType type)
    {
        var order = Of(type);
        return (a, b) => a is null ? b is null ? 0 : -1 : b is null ? 1 : order(a, b);
    }

    /// <summary>Binary values compare as unsigned bytes; missing bytes at the end count as zeros.</summary>
    public static int CompareBytes(byte[] left, byte[] right)
    {
        var shared = Math.Min(left.Length, right.Length);
        var order = left.AsSpan(0, shared).SequenceCompareTo(right.AsSpan(0, shared));
        if (order != 0 || left.Length == right.Length)
        {
            return order;
        }
        var rest = left.Length > right.Length ? left.AsSpan(shared) : right.AsSpan(shared);
        return rest.IndexOfAnyExcept((byte)0) < 0 ? 0 : left.Length.CompareTo(right.Length);
    }

    /// <summary>A hash that agrees with <see cref="Of"/>, for grouping and hash joins.</summary>
    public static int HashOf(object? value) => value switch
    {
        null => 0,
        string text => Collation.HashOf(text),
        byte[] bytes => HashBytes(bytes),
        SqlDecimal number => number.ToDouble().GetHashCode(),
        float[] vector => vector.Length,
        SqlVariantValue variant => HashOf(variant.Value),
        _ => value.GetHashCode(),
    };

    private static int HashBytes(byte[] bytes)
    {
        var hash = new HashCode();
        hash.AddBytes(bytes.AsSpan().TrimEnd((byte)0));
        return hash.ToHashCode();
    }

    private static int CompareVariants(object left, object right)
    {
        var (a, b) = ((SqlVariantValue)left, (SqlVariantValue)right);
        return a.Type.Kind == b.Type.Kind
            ? Of(a.Type)(a.Value, b.Value)
            : TypePrecedence.Rank(a.Type.Kind).CompareTo(TypePrecedence.Rank(b.Type.Kind));
    }
}
