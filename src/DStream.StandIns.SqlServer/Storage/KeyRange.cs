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
}
