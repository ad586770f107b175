using DStream.StandIns.SqlServer.Expressions;

namespace DStream.StandIns.SqlServer.Queries;

/// <summary>The rows of one partition in window order, with what a running function keeps between two of them.</summary>
internal sealed class WindowPartition(Frame frame, List<(object?[] Keys, object?[][] Row)> rows, Sorter sorter)
{
    private AggregateState? _running;
    private int _runningEnd;

    public int Count => rows.Count;

    public object?[][] Row(int index) => rows[index].Row;

    /// <summary>Evaluates an expression at a row.</summary>
    public object? At(int index, Scalar value) => value(Enter(index));

    public Frame Enter(int index)
    {
        rows[index].Row.CopyTo(frame.Rows, 0);
        return frame;
    }

    public int FirstPeer(int index)
    {
        while (index > 0 && sorter.Compare(rows[index - 1].Keys, rows[index].Keys) == 0)
        {
            index--;
        }
        return index;
    }

    public int LastPeer(int index)
    {
        while (index + 1 < rows.Count && sorter.Compare(rows[index + 1].Keys, rows[index].Keys) == 0)
        {
            index++;
        }
        return index;
    }

    /// <summary>How many groups of peers there are up to a row.</summary>
    public long DenseRank(int index)
    {
        long rank = 1;
        for (var i = 1; i <= index; i++)
        {
            rank += sorter.Compare(rows[i - 1].Keys, rows[i].Keys) == 0 ? 0 : 1;
        }
        return rank;
    }

    /// <summary>An aggregate over rows <paramref name="from"/> to <paramref name="to"/>; a frame that only grows goes on where it was.</summary>
    public object? Aggregate(Aggregate aggregate, int from, int to)
    {
        if (from > 0)
        {
            var state = aggregate.Start();
            for (var i = Math.Max(0, from); i <= to; i++)
            {
                state.Add(Enter(i));
            }
            return state.Result;
        }
        if (_running is null || _runningEnd > to)
        {
            (_running, _runningEnd) = (aggregate.Start(), -1);
        }
        while (_runningEnd < to)
        {
            _running.Add(Enter(++_runningEnd));
        }
        return _running.Result;
    }
}
