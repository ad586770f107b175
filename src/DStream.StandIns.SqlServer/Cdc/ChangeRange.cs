using DStream.StandIns.SqlServer.Expressions;
using DStream.StandIns.SqlServer.Security;
using DStream.StandIns.SqlServer.Statements;
using DStream.StandIns.SqlServer.Storage;
using DStream.StandIns.SqlServer.Values;

namespace DStream.StandIns.SqlServer.Cdc;

/// <summary>A range of change rows: a binary search, then rows in order until the range ends.</summary>
internal static class ChangeRange
{
    public static IEnumerable<object?[]> Read(ChangeRows rows, KeyOrder order, int[] positions, KeyRange range)
    {
        var count = rows.Count;
        for (var i = rows.Seek(order, positions, range); i < count; i++)
        {
            var row = rows[i];
            if (range.Position(order, row, positions) != 0)
            {
                yield break;
            }
            yield return row;
        }
    }
}

/// <summary>The arguments of a query function: both bounds inside the instance's validity and an option it knows, or error 313.</summary>
internal sealed record ChangeRangeArguments(Scalar From, Scalar To, Scalar Option)
{
    /// <summary>
    /// The functions check their arguments by sys.fn_cdc_check_parameters, which fails by calling a function of this name, blanks
    /// and dots included, with too few arguments: the error says nothing of what was wrong, be it a bound, the option or a permission.
    /// </summary>
    public (byte[] Low, byte[] High, string Option) Check(BatchContext context, Frame frame, CdcDatabase cdc, CaptureInstance instance, string function, string[] options)
    {
        var (low, high) = (From(frame) as byte[], To(frame) as byte[]);
        // lower(rtrim(ltrim(@row_filter_option))), as the generated functions have it.
        var option = (Option(frame) as string)?.Trim(' ').ToLowerInvariant();
        var state = context.CdcOf(cdc);
        if (!Access.CanReadChanges(context.Session, cdc, instance) || low is null || high is null || option is null || !options.Contains(option)
            || state.MaxLsn is null || !state.Instances.TryGetValue(instance, out var own)
            || Lsn.From(low) < own.StartLsn || Lsn.From(high) > state.MaxLsn || Lsn.From(low) > Lsn.From(high))
        {
            throw Errors.Of(313, 16, $"An insufficient number of arguments were supplied for the procedure or function cdc.{function} ... .", 3);
        }
        return (low, high, option);
    }
}
