using System.Buffers;

namespace DStream.Core;

/// <summary>
/// Collects the rows of a page: write a row's JSON to <see cref="Writer"/>, then <see cref="Add"/> it. Not thread-safe. Dispose it on
/// failure; after <see cref="Build"/> the batch owns the memory.
/// </summary>
public sealed class ChangeBatchBuilder : IDisposable
{
    private readonly PooledBuffer _data;
    private readonly List<ChangeEvent> _events = [];
    private readonly List<int> _ends = [];
    private bool _built;

    /// <summary>Starts a page.</summary>
    /// <param name="expectedBytes">Bytes to rent at first; the page grows past them.</param>
    public ChangeBatchBuilder(int expectedBytes) => _data = new PooledBuffer(expectedBytes);

    /// <summary>Takes the JSON of the row that is being read.</summary>
    public IBufferWriter<byte> Writer => _data;

    /// <summary>Rows added.</summary>
    public int Count => _events.Count;

    /// <summary>Bytes written, those of a row not yet added included.</summary>
    public int DataBytes => _data.WrittenBytes;

    /// <summary>Adds the row whose JSON was written since the last call.</summary>
    public void Add(ChangePosition position, DateTime? commitTime, ulong keyHash, IReadOnlyList<string>? unavailable)
    {
        _events.Add(new ChangeEvent(position, commitTime, keyHash, default, unavailable));
        _ends.Add(_data.WrittenBytes);
    }

    /// <summary>Ends the page.</summary>
    public ChangeBatch Build(ChangePosition next, bool hasMore)
    {
        var events = new ChangeEvent[_events.Count];
        var start = 0;
        for (var i = 0; i < events.Length; i++)
        {
            events[i] = _events[i] with { Data = _data.Written[start.._ends[i]] };
            start = _ends[i];
        }

        _built = true;
        return new ChangeBatch(_data, events, next, hasMore);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_built) _data.Dispose();
    }
}
