using DStream.StandIns.SqlServer.Expressions;
using DStream.StandIns.SqlServer.Queries;
using DStream.StandIns.SqlServer.Statements;
using DStream.StandIns.SqlServer.Storage;
using DStream.StandIns.SqlServer.Values;

namespace DStream.StandIns.SqlServer.Cdc;

/// <summary>
/// cdc.fn_cdc_get_net_changes_&lt;instance&gt;(@from, @to, @option): one row for each key that changed. The rules are those of the function
/// that the server generates: by the first and the last operation on the key, and by how many rows there are of it.
/// </summary>
internal sealed class NetChangesSource(CdcDatabase cdc, CaptureInstance instance, ChangeRangeArguments arguments) : RowSource
{
    private const int Delete = 1;
    private const int Insert = 2;
    private const int Before = 3;
    private const int Update = 4;
    private const int Merge = 5;
    private const string WithMask = "all with mask";
    private const string WithMerge = "all with merge";

    private static readonly string[] Options = ["all", WithMask, WithMerge];
    private static readonly object[] Operations = [0, Delete, Insert, Before, Update, Merge];

    private readonly int[] _key = [.. instance.Index!.Columns.Select(column => CaptureInstance.LeadingColumns + instance.Columns.First(c => c.Source.Id == column.Id).Ordinal - 1)];
    private readonly RowEquality _keys = new(instance.Index.Columns.Select(column => column.Type));

    public override IReadOnlyList<SourceColumn> Columns { get; } =
    [
        .. new[] { 0, 3, 4 }.Select(i => instance.ChangeTableColumns[i] with { IsNullable = true }),
        .. instance.ChangeTableColumns.Skip(CaptureInstance.LeadingColumns).Take(instance.Columns.Count),
    ];

    public override IEnumerable<object?[]> Read(BatchContext context, Frame? frame, AccessPath? path, KeyRange range)
    {
        if (!context.CdcOf(cdc).Instances.TryGetValue(instance, out var state))
        {
            throw Errors.InvalidObject("cdc." + CdcObjects.NetChanges + instance.Name);
        }
        var (low, high, option) = arguments.Check(context, frame!, cdc, instance, CdcObjects.NetChanges, Options);
        var changes = new Dictionary<object?[], Net>(_keys);
        foreach (var row in ChangeRange.Read(state.Rows, CaptureInstance.KeyOrder, instance.KeyPositions, new KeyRange([], low, true, high, true)))
        {
            var key = Array.ConvertAll(_key, position => row[position]);
            if (!changes.TryGetValue(key, out var net))
            {
                changes[key] = net = new Net();
            }
            net.Add(row);
        }
        return changes.Values.Where(net => net.Last is not null && !(net.LastOperation == Delete && net.FirstOperation == Insert))
            .OrderBy(net => net.Last!, Comparer<object?[]>.Create(CompareLsn)).Select(net => Row(net, option));
    }

    private static int CompareLsn(object?[]? left, object?[]? right) => ValueOrder.CompareBytes((byte[])left![0]!, (byte[])right![0]!);

    private object?[] Row(Net net, string option)
    {
        var operation = option == WithMerge ? net.LastOperation == Delete ? Delete : Merge : net.Operation;
        var row = new object?[3 + instance.Columns.Count];
        (row[0], row[1], row[2]) = (net.Last![0], Operations[operation], option == WithMask ? net.MaskOf(operation) : null);
        Array.Copy(net.Last, CaptureInstance.LeadingColumns, row, 3, instance.Columns.Count);
        return row;
    }

    /// <summary>All rows of one key inside the range.</summary>
    private sealed class Net
    {
        private byte[]? _mask;
        private int _count;

        public object?[]? Last { get; private set; }

        public int FirstOperation { get; private set; }

        public int LastOperation { get; private set; }

        public int Operation => _count == 1 ? LastOperation
            : FirstOperation == Insert ? Insert
            : LastOperation == Delete ? Delete : Update;

        public void Add(object?[] row)
        {
            _count++;
            var mask = (byte[])row[4]!;
            _mask = _mask is null ? mask : [.. _mask.Zip(mask, (a, b) => (byte)(a | b))];
            if (row[3] is int operation and not Before)
            {
                FirstOperation = FirstOperation == 0 ? operation : FirstOperation;
                (Last, LastOperation) = (row, operation);
            }
        }

        // sys.ORMask over all rows of the key; only an update has a mask.
        public byte[]? MaskOf(int operation) => operation == Update ? _mask : null;
    }
}
