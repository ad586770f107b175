using DStream.StandIns.SqlServer.Expressions;
using DStream.StandIns.SqlServer.Queries;
using DStream.StandIns.SqlServer.Statements;
using DStream.StandIns.SqlServer.Storage;
using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Values;

namespace DStream.StandIns.SqlServer.Cdc;

/// <summary>The tables of the cdc schema by name.</summary>
internal static class CdcSources
{
    public static RowSource? Find(CdcDatabase cdc, string name)
    {
        if (string.Equals(name, "lsn_time_mapping", StringComparison.OrdinalIgnoreCase))
        {
            return new TimeMappingSource(cdc);
        }
        return name.EndsWith("_CT", StringComparison.OrdinalIgnoreCase) && cdc.Find(name[..^3]) is { } instance ? new ChangeTableSource(cdc, instance) : null;
    }
}

/// <summary>cdc.&lt;instance&gt;_CT: read by ranges of its clustered key, in its order.</summary>
internal sealed class ChangeTableSource(CdcDatabase cdc, CaptureInstance instance) : RowSource
{
    public override IReadOnlyList<SourceColumn> Columns => instance.ChangeTableColumns;

    public override IReadOnlyList<AccessPath> Paths { get; } = [new(instance.KeyPositions, IsUnique: true)];

    public override IEnumerable<object?[]> Read(BatchContext context, Frame? frame, AccessPath? path, KeyRange range) =>
        context.CdcOf(cdc).Instances.TryGetValue(instance, out var state)
            ? ChangeRange.Read(state.Rows, CaptureInstance.KeyOrder, instance.KeyPositions, range)
            : throw Errors.InvalidObject("cdc." + instance.ChangeTableName);
}

/// <summary>cdc.lsn_time_mapping, by start_lsn.</summary>
internal sealed class TimeMappingSource(CdcDatabase cdc) : RowSource
{
    private static readonly int[] Key = [0];
    private static readonly KeyOrder Order = new([SqlTypes.Lsn]);

    public static IReadOnlyList<SourceColumn> MappingColumns { get; } =
    [
        new("start_lsn", SqlTypes.Lsn, false), new("tran_begin_time", SqlTypes.DateTime), new("tran_end_time", SqlTypes.DateTime),
        new("tran_id", SqlTypes.VarBinary(10)), new("tran_begin_lsn", SqlTypes.Lsn),
    ];

    public override IReadOnlyList<SourceColumn> Columns => MappingColumns;

    public override IReadOnlyList<AccessPath> Paths { get; } = [new(Key, IsUnique: true)];

    public override IEnumerable<object?[]> Read(BatchContext context, Frame? frame, AccessPath? path, KeyRange range) =>
        ChangeRange.Read(context.CdcOf(cdc).TimeMapping, Order, Key, range);
}
