using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Values;

namespace DStream.StandIns.SqlServer.Storage;

/// <summary>The order of keys of several columns; a shorter key compares as a prefix.</summary>
internal sealed class KeyOrder
{
    private readonly Comparison<object?>[] _columns;

    public KeyOrder(IEnumerable<SqlType> types) => _columns = types.Select(ValueOrder.NullsFirst).ToArray();

    public int Compare(object?[] left, object?[] right)
    {
        var shared = Math.Min(left.Length, right.Length);
        for (var i = 0; i < shared; i++)
        {
            var order = _columns[i](left[i], right[i]);
            if (order != 0)
            {
                return order;
            }
        }
        return 0;
    }

    public int CompareColumn(int column, object? left, object? right) => _columns[column](left, right);
}
