namespace DStream.StandIns.SqlServer.Storage;

/// <summary>A range of an ordered structure: equal in the first columns, then bounded in the next.</summary>
internal readonly record struct KeyRange(object?[] Prefix, object? Low, bool LowInclusive, object? High, bool HighInclusive)
{
    public static readonly KeyRange All = new([], null, true, null, true);

    /// <summary>Where a key lies: negative below the range, 0 inside, positive above.</summary>
    public int Position(KeyOrder order, object?[] key) => Position(order, key, null);

    /// <summary>The same for a row that has the key columns at <paramref name="positions"/>.</summary>
    public int Position(KeyOrder order, object?[] row, int[]? positions)
    {
        for (var i = 0; i < Prefix.Length; i++)
        {
            var side = order.CompareColumn(i, row[positions?[i] ?? i], Prefix[i]);
            if (side != 0)
            {
                return side;
            }
        }
        if (Low is null && High is null)
        {
            return 0;
        }
        var value = row[positions?[Prefix.Length] ?? Prefix.Length];
        if (value is null)
        {
            // NULL sorts first and is no match of a bounded range.
            return -1;
        }
        if (Low is not null)
        {
            var side = order.CompareColumn(Prefix.Length, value, Low);
            if (side < 0 || (side == 0 && !LowInclusive))
            {
                return -1;
            }
        }
        if (High is not null)
        {
            var side = order.CompareColumn(Prefix.Length, value, High);
            if (side > 0 || (side == 0 && !HighInclusive))
            {
                return 1;
            }
        }
        return 0;
    }

    /// <summary>Whether some key may lie in both; of ranges with prefixes of different lengths it says so where the shorter agrees.</summary>
    public bool Overlaps(in KeyRange other, KeyOrder order)
    {
        var shared = Math.Min(Prefix.Length, other.Prefix.Length);
        for (var i = 0; i < shared; i++)
        {
            if (order.CompareColumn(i, Prefix[i], other.Prefix[i]) != 0)
            {
                return false;
            }
        }
        return Prefix.Length != other.Prefix.Length
            || !(IsBelow(this, other, order) || IsBelow(other, this, order));
    }

    public bool IsSameAs(in KeyRange other) => Prefix.AsSpan().SequenceEqual(other.Prefix)
        && Equals(Low, other.Low) && Equals(High, other.High) && (LowInclusive, HighInclusive) == (other.LowInclusive, other.HighInclusive);

    private static bool IsBelow(in KeyRange left, in KeyRange right, KeyOrder order)
    {
        if (left.High is null || right.Low is null)
        {
            return false;
        }
        var side = order.CompareColumn(left.Prefix.Length, left.High, right.Low);
        return side < 0 || (side == 0 && !(left.HighInclusive && right.LowInclusive));
    }
}
