using DStream.StandIns.SqlServer.Expressions;
using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Values;

namespace DStream.StandIns.SqlServer.Queries;

/// <summary>A key of ORDER BY.</summary>
internal sealed record SortKey(Expr Value, bool IsDescending);

/// <summary>Compares rows by sort keys evaluated before.</summary>
internal sealed class Sorter(IReadOnlyList<SortKey> keys) : IComparer<object?[]>
{
    private readonly Comparison<object?>[] _orders = keys.Select(key => ValueOrder.NullsFirst(key.Value.Type)).ToArray();

    public object?[] KeysOf(Frame frame)
    {
        var values = new object?[keys.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = keys[i].Value.Eval(frame);
        }
        return values;
    }

    public int Compare(object?[]? x, object?[]? y) => Compare(x!, y!, keys.Count);

    /// <summary>By the first keys only.</summary>
    public int Compare(object?[] x, object?[] y, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var order = _orders[i](x[i], y[i]);
            if (order != 0)
            {
                return keys[i].IsDescending ? -order : order;
            }
        }
        return 0;
    }
}

/// <summary>Equality of whole rows, NULL equal to NULL: DISTINCT, UNION, GROUP BY.</summary>
internal sealed class RowEquality(IEnumerable<SqlType> types) : IEqualityComparer<object?[]>
{
    private readonly Comparison<object?>[] _orders = types.Select(ValueOrder.NullsFirst).ToArray();

    public bool Equals(object?[]? x, object?[]? y)
    {
        for (var i = 0; i < _orders.Length; i++)
        {
            if (_orders[i](x![i], y![i]) != 0)
            {
                return false;
            }
        }
        return true;
    }

    public int GetHashCode(object?[] row)
    {
        var hash = default(HashCode);
        for (var i = 0; i < _orders.Length; i++)
        {
            hash.Add(ValueOrder.HashOf(row[i]));
        }
        return hash.ToHashCode();
    }
}
