using DStream.Core;

namespace DStream.InMemory;

/// <summary>A capture instance: its rows in both orders. Used under the source's lock.</summary>
internal sealed class ChangeTable(TableName name, string captureInstance, IReadOnlyList<string> columns, IReadOnlyList<string> keyColumns, Lsn lowLsn)
{
    private readonly List<CapturedRow> _commandOrder = [];
    private readonly List<CapturedRow> _functionOrder = [];

    public Lsn LowLsn { get; private set; } = lowLsn;

    /// <summary>Whether the instance was dropped or made anew.</summary>
    public bool IsGone { get; set; }

    public TableDescription Describe(bool functionOrder) => new(name, captureInstance, LowLsn, columns, keyColumns, functionOrder);

    /// <summary>Adds one transaction's rows; transactions come in the order of their LSNs.</summary>
    public void Add(IReadOnlyCollection<CapturedRow> rows)
    {
        _commandOrder.AddRange(rows.OrderBy(static row => row.Position));
        _functionOrder.AddRange(rows.Select(static row => row with { Position = row.Position with { CommandId = ChangePosition.NoCommandId } })
            .OrderBy(static row => row.Position));
    }

    /// <summary>The rows past a position up to an LSN, in order.</summary>
    public IEnumerable<CapturedRow> After(ChangePosition position, Lsn upTo, bool functionOrder)
    {
        var rows = functionOrder ? _functionOrder : _commandOrder;
        for (var i = FirstAfter(rows, position); i < rows.Count && rows[i].Position.StartLsn <= upTo; i++) yield return rows[i];
    }

    /// <summary>What the cleanup job does: first the low end moves, then rows go.</summary>
    public void Cleanup(Lsn lowLsn)
    {
        if (lowLsn <= LowLsn) return;
        LowLsn = lowLsn;
        _commandOrder.RemoveRange(0, FirstAfter(_commandOrder, ChangePosition.Before(lowLsn)));
        _functionOrder.RemoveRange(0, FirstAfter(_functionOrder, ChangePosition.Before(lowLsn)));
    }

    private static int FirstAfter(List<CapturedRow> rows, ChangePosition position)
    {
        var (low, high) = (0, rows.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (rows[middle].Position <= position) low = middle + 1;
            else high = middle;
        }

        return low;
    }
}
