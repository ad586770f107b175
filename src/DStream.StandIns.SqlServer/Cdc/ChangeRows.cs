using DStream.StandIns.SqlServer.Storage;

namespace DStream.StandIns.SqlServer.Cdc;

/// <summary>
/// Rows of an append-only table in key order, as they stood at one moment. Appending makes a new view over the same segments,
/// so readers go on undisturbed; there is one writer at a time.
/// </summary>
internal sealed class ChangeRows
{
    private const int SegmentRows = 1024;

    private readonly object?[][][] _segments;
    private readonly int _start;
    private readonly int _end;

    private ChangeRows(object?[][][] segments, int start, int end) => (_segments, _start, _end) = (segments, start, end);

    public static ChangeRows Empty { get; } = new([], 0, 0);

    public int Count => _end - _start;

    /// <summary>The row at a place from 0 to <see cref="Count"/>.</summary>
    public object?[] this[int index] => _segments[(_start + index) / SegmentRows][(_start + index) % SegmentRows];

    public ChangeRows Append(IReadOnlyList<object?[]> rows)
    {
        var segments = _segments;
        var needed = (_end + rows.Count + SegmentRows - 1) / SegmentRows;
        if (needed > segments.Length)
        {
            // Doubling keeps appending linear; places past the end are seen by no view.
            Array.Resize(ref segments, Math.Max(needed, segments.Length * 2));
        }
        var end = _end;
        foreach (var row in rows)
        {
            (segments[end / SegmentRows] ??= new object?[SegmentRows][])[end % SegmentRows] = row;
            end++;
        }
        return new ChangeRows(segments, _start, end);
    }

    /// <summary>Without the first rows, whose whole segments are let go.</summary>
    public ChangeRows Skip(int count)
    {
        var start = _start + count;
        var whole = start / SegmentRows;
        return new ChangeRows(_segments[whole..], start - (whole * SegmentRows), _end - (whole * SegmentRows));
    }

    /// <summary>All rows, each made anew.</summary>
    public ChangeRows Select(Func<object?[], object?[]> convert) =>
        Count == 0 ? Empty : Empty.Append([.. Enumerable.Range(0, Count).Select(i => convert(this[i]))]);

    /// <summary>The first place inside or above the range.</summary>
    public int Seek(KeyOrder order, int[] positions, in KeyRange range)
    {
        var (from, to) = (0, Count);
        while (from < to)
        {
            var middle = (from + to) >>> 1;
            if (range.Position(order, this[middle], positions) < 0)
            {
                from = middle + 1;
            }
            else
            {
                to = middle;
            }
        }
        return from;
    }
}
