using DStream.StandIns.SqlServer.Expressions;
using DStream.StandIns.SqlServer.Queries;
using DStream.StandIns.SqlServer.Statements;
using DStream.StandIns.SqlServer.Storage;
using DStream.StandIns.SqlServer.Values;

namespace DStream.StandIns.SqlServer.Cdc;

/// <summary>
/// cdc.fn_cdc_get_all_changes_&lt;instance&gt;(@from, @to, @option): the change table between two LSNs, both inside the instance's
/// validity or error 313. The command id, by which rows are stored, is not among its columns.
/// </summary>
internal sealed class ChangeFunctionSource(CdcDatabase cdc, CaptureInstance instance, ChangeRangeArguments arguments) : RowSource
{
    private const int Before = 3;
    private const string WithBefore = "all update old";

    private static readonly string[] Options = ["all", WithBefore];

    // Columns of the change table without __$end_lsn and __$command_id.
    private readonly int[] _positions = [0, 2, 3, 4, .. Enumerable.Range(CaptureInstance.LeadingColumns, instance.Columns.Count)];

    public override IReadOnlyList<SourceColumn> Columns { get; } =
    [
        .. new[] { 0, 2, 3, 4 }.Select(i => instance.ChangeTableColumns[i]),
        .. instance.ChangeTableColumns.Skip(CaptureInstance.LeadingColumns).Take(instance.Columns.Count),
    ];

    /// <summary>By LSN, and no further: inside a transaction rows come in command order, which the columns do not show.</summary>
    public override IReadOnlyList<AccessPath> Paths { get; } = [new([0], IsUnique: false)];

    public override IEnumerable<object?[]> Read(BatchContext context, Frame? frame, AccessPath? path, KeyRange range)
    {
        if (!context.CdcOf(cdc).Instances.TryGetValue(instance, out var state))
        {
            throw Errors.InvalidObject("cdc." + CdcObjects.AllChanges + instance.Name);
        }
        var (low, high, option) = arguments.Check(context, frame!, cdc, instance, CdcObjects.AllChanges, Options);
        var withBefore = option == WithBefore;
        // The range of the conditions and that of the arguments, whichever is tighter.
        var bounds = new KeyRange([], Later(low, range.Prefix.Length > 0 ? range.Prefix[0] : range.Low), true, high, true);
        foreach (var row in ChangeRange.Read(state.Rows, CaptureInstance.KeyOrder, instance.KeyPositions, bounds))
        {
            if ((int)row[3]! == Before && !withBefore)
            {
                continue;
            }
            var output = new object?[_positions.Length];
            for (var i = 0; i < output.Length; i++)
            {
                output[i] = row[_positions[i]];
            }
            yield return output;
        }
    }

    private static byte[] Later(byte[] low, object? other) => other is byte[] bytes && ValueOrder.CompareBytes(bytes, low) > 0 ? bytes : low;
}
