using DStream.StandIns.SqlServer.Expressions;
using DStream.StandIns.SqlServer.Sessions;
using DStream.StandIns.SqlServer.Storage;
using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Values;

namespace DStream.StandIns.SqlServer.Queries;

/// <summary>
/// The range of an order that conditions give: equal in some first columns, bounded in the next. The conditions are tested
/// again on every row, so a range may be too wide but never too narrow.
/// </summary>
internal sealed class SeekPlan(
    IReadOnlyList<SeekValue> prefix,
    IReadOnlyList<(SeekValue Value, bool Inclusive)> lows,
    IReadOnlyList<(SeekValue Value, bool Inclusive)> highs)
{
    public int PrefixLength => prefix.Count;

    /// <summary>False when a bound is NULL: nothing matches.</summary>
    public bool TryBuild(Frame frame, out KeyRange range)
    {
        range = KeyRange.All;
        var equal = prefix.Count == 0 ? [] : new object?[prefix.Count];
        for (var i = 0; i < equal.Length; i++)
        {
            if (!prefix[i].TryGet(frame, out equal[i]))
            {
                return false;
            }
        }
        var order = lows.Count + highs.Count == 0 ? null : (lows.Count > 0 ? lows : highs)[0].Value.Order;
        return TryBound(frame, lows, order, 1, out var low, out var lowInclusive)
            && TryBound(frame, highs, order, -1, out var high, out var highInclusive)
            && (range = new KeyRange(equal, low, lowInclusive, high, highInclusive)) is var _;
    }

    // Of several bounds on one side the tightest holds.
    private static bool TryBound(
        Frame frame, IReadOnlyList<(SeekValue Value, bool Inclusive)> bounds, Comparison<object>? order, int tighter, out object? bound, out bool inclusive)
    {
        (bound, inclusive) = (null, true);
        foreach (var (value, isInclusive) in bounds)
        {
            if (!value.TryGet(frame, out var candidate))
            {
                return false;
            }
            if (candidate is null)
            {
                continue;
            }
            var side = bound is null ? tighter : Math.Sign(order!(candidate, bound));
            if (side == tighter || (side == 0 && !isInclusive))
            {
                (bound, inclusive) = (candidate, isInclusive);
            }
        }
        return true;
    }
}

/// <summary>A value to seek, in the type of the key column.</summary>
internal sealed class SeekValue(Expr value, SqlType column)
{
    private readonly bool _converts = SqlTypes.IsInteger(column.Kind) && value.Type.Kind != column.Kind;

    public Comparison<object> Order { get; } = ValueOrder.Of(column);

    /// <summary>False for NULL; true with null where the value does not fit the column, so that it bounds nothing.</summary>
    public bool TryGet(Frame frame, out object? result)
    {
        result = value.Eval(frame);
        if (result is null)
        {
            return false;
        }
        if (_converts)
        {
            try
            {
                result = Conversion.To(result, value.Type, column);
            }
            catch (SqlErrorException)
            {
                result = null;
            }
        }
        return true;
    }
}
