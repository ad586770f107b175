using Amqp.Types;

namespace DStream.StandIns.ServiceBus.Rules.Sql;

/// <summary>
/// Comparison and arithmetic as C# binds them: whole numbers as Int64, others as Double, and no operator between a text and a
/// number, which makes the evaluation fail. An operand that is unknown makes the result unknown.
/// </summary>
internal static class SqlOperators
{
    public static bool? AreEqual(object? left, object? right)
    {
        if (left is null || right is null) return null;

        var (first, second) = Promote(left, right, "compared");
        return first.Equals(second);
    }

    public static bool? Compare(SqlToken sign, object? left, object? right)
    {
        if (sign is SqlToken.Equal) return AreEqual(left, right);
        if (sign is SqlToken.NotEqual) return !AreEqual(left, right);
        if (left is null || right is null) return null;

        var (first, second) = Promote(left, right, "compared");
        if (first is bool or Guid) throw new FilterException($"Values of type {first.GetType().Name} have no order.");

        // Comparisons with a NaN do not hold, whichever they are.
        if (first is double x && (double.IsNaN(x) || double.IsNaN((double)second))) return false;
        var order = first is string text ? string.CompareOrdinal(text, (string)second) : ((IComparable)first).CompareTo(second);
        return sign switch
        {
            SqlToken.Less => order < 0,
            SqlToken.LessOrEqual => order <= 0,
            SqlToken.Greater => order > 0,
            _ => order >= 0,
        };
    }

    public static object? Calculate(SqlToken sign, object? left, object? right)
    {
        if (left is null || right is null) return null;
        if (sign == SqlToken.Plus && (left is string || right is string)) return string.Concat(left, right);

        return Promote(left, right, "calculated with") switch
        {
            (long x, long y) => Calculate(sign, x, y),
            (double x, double y) => sign switch
            {
                SqlToken.Plus => x + y,
                SqlToken.Minus => x - y,
                SqlToken.Star => x * y,
                SqlToken.Slash => x / y,
                _ => x % y,
            },
            var (x, _) => throw new FilterException($"Values of type {x.GetType().Name} cannot be calculated with."),
        };
    }

    private static long Calculate(SqlToken sign, long x, long y)
    {
        if (sign is SqlToken.Slash or SqlToken.Percent)
        {
            if (y == 0) throw new FilterException("A whole number was divided by zero.");

            // The smallest number over -1 is an error of the processor's.
            if (y == -1) return sign == SqlToken.Slash ? unchecked(-x) : 0L;
        }

        return sign switch
        {
            SqlToken.Plus => unchecked(x + y),
            SqlToken.Minus => unchecked(x - y),
            SqlToken.Star => unchecked(x * y),
            SqlToken.Slash => x / y,
            _ => x % y,
        };
    }

    private static (object First, object Second) Promote(object left, object right, string verb)
    {
        var (first, second) = (Widen(left), Widen(right));
        if (first is long whole && second is double) first = (double)whole;
        else if (first is double && second is long other) second = (double)other;
        return first.GetType() == second.GetType()
            ? (first, second)
            : throw new FilterException($"Values of type {left.GetType().Name} and {right.GetType().Name} cannot be {verb}.");
    }

    private static object Widen(object value) => value switch
    {
        sbyte number => (long)number,
        byte number => (long)number,
        short number => (long)number,
        ushort number => (long)number,
        int number => (long)number,
        uint number => (long)number,
        ulong number => number <= long.MaxValue ? (long)number : (double)number,
        float number => (double)number,
        decimal number => (double)number,
        char letter => letter.ToString(),
        Symbol symbol => symbol.ToString(),
        string or long or double or bool or Guid or DateTime => value,
        _ => throw new FilterException($"Values of type {value.GetType().Name} cannot be compared or calculated with."),
    };
}
