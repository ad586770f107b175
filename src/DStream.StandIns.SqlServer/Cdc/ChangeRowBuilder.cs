using DStream.StandIns.SqlServer.Storage;
using DStream.StandIns.SqlServer.Transactions;
using DStream.StandIns.SqlServer.Values;

namespace DStream.StandIns.SqlServer.Cdc;

/// <summary>Makes the rows of a change table from log records: images, masks and what CDC leaves out of them.</summary>
internal sealed class ChangeRowBuilder
{
    private const int Delete = 1;
    private const int Insert = 2;
    private const int Before = 3;
    private const int After = 4;

    private static readonly object[] Operations = [0, Delete, Insert, Before, After];

    private readonly CaptureInstance _instance;
    private readonly Comparison<object?>[] _orders;
    private readonly byte[] _fullMask;
    private IReadOnlyList<TableColumn>? _layout;
    private int[] _positions = [];

    public ChangeRowBuilder(CaptureInstance instance)
    {
        _instance = instance;
        _orders = instance.Columns.Select(c => Exact(c.Type)).ToArray();
        _fullMask = new byte[(instance.Columns.Count + 7) / 8];
        for (var i = 0; i < instance.Columns.Count; i++)
        {
            SetBit(_fullMask, i);
        }
    }

    public void Add(LogRecord record, byte[] startLsn, List<object?[]> rows)
    {
        Locate(record.Layout);
        var seqval = record.Sequence.ToBytes();
        object command = record.CommandId;
        if (record.Before is null)
        {
            rows.Add(Row(record.After!, Insert, _fullMask, startLsn, seqval, command, null));
        }
        else if (record.After is null)
        {
            rows.Add(Row(record.Before, Delete, _fullMask, startLsn, seqval, command, null));
        }
        else if (MaskOf(record.Before, record.After) is { } mask)
        {
            rows.Add(Row(record.Before, Before, mask, startLsn, seqval, command, record.After));
            rows.Add(Row(record.After, After, mask, startLsn, seqval, command, null));
        }
    }

    /// <summary>A bit for each captured column that changed, the first column in the last byte's lowest; null when none did.</summary>
    private byte[]? MaskOf(object?[] before, object?[] after)
    {
        byte[]? mask = null;
        for (var i = 0; i < _positions.Length; i++)
        {
            var position = _positions[i];
            if (position >= 0 && _instance.Columns[i].Source.Computed is null && _orders[i](before[position], after[position]) != 0)
            {
                SetBit(mask ??= new byte[_fullMask.Length], i);
            }
        }
        return mask;
    }

    private static void SetBit(byte[] mask, int ordinal) => mask[mask.Length - 1 - (ordinal / 8)] |= (byte)(1 << (ordinal % 8));

    private object?[] Row(object?[] image, int operation, byte[] mask, byte[] startLsn, byte[] seqval, object command, object?[]? other)
    {
        var columns = _instance.Columns;
        var row = new object?[CaptureInstance.LeadingColumns + columns.Count + 1];
        (row[0], row[2], row[3], row[4], row[^1]) = (startLsn, seqval, Operations[operation], mask, command);
        for (var i = 0; i < columns.Count; i++)
        {
            var position = _positions[i];
            if (position >= 0 && !IsLeftOut(columns[i], i, operation, image, other))
            {
                row[CaptureInstance.LeadingColumns + i] = image[position];
            }
        }
        return row;
    }

    // "Columns of data type image, text, and ntext are always assigned a NULL value when __$operation = 1 or __$operation = 3.
    // Columns of data type varbinary(max), varchar(max), or nvarchar(max) are assigned a NULL value when __$operation = 3 unless
    // the column changed during the update." Computed columns are always NULL.
    private bool IsLeftOut(CapturedColumn column, int index, int operation, object?[] image, object?[]? other) =>
        column.Source.Computed is not null
        || (column.IsOldLob && operation is Delete or Before)
        || (column.IsMaxLob && operation == Before && _orders[index](image[_positions[index]], other![_positions[index]]) == 0);

    private void Locate(IReadOnlyList<TableColumn> layout)
    {
        if (!ReferenceEquals(_layout, layout))
        {
            _layout = layout;
            // A dropped column is nowhere in later layouts: its values are NULL from then on.
            _positions = _instance.Columns.Select(c => layout.ToList().FindIndex(l => l.Id == c.Source.Id)).ToArray();
        }
    }

    // Whether a column changed is a matter of its bytes, not of the collation: 'a' to 'A' is a change.
    private static Comparison<object?> Exact(Types.SqlType type) => SqlTypes.IsCharacter(type.Kind)
        ? static (a, b) => string.CompareOrdinal((string?)a, (string?)b)
        : SqlTypes.IsBinary(type.Kind)
            ? static (a, b) => a is null || b is null ? (a is null ? 0 : 1) - (b is null ? 0 : 1) : ((byte[])a).AsSpan().SequenceCompareTo((byte[])b)
            : ValueOrder.NullsFirst(type);
}
