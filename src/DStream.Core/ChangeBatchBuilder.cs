using System.Buffers;

namespace DStream.Core;

/// <summary>
/// Collects the rows of a page: write a row's JSON to <see cref="Writer"/>, then <see cref="Add"/> it. Not thread-safe. Dispose it on
/// failure; after <see cref="Build"/> the batch owns the memory. Allocates nothing a row.
/// </summary>
public sealed class ChangeBatchBuilder : IDisposable
{
    private const int FirstEvents = 256;

    private readonly PooledBuffer _data;
    private ChangeEvent[] _events = ArrayPool<ChangeEvent>.Shared.Rent(FirstEvents);
    private int _addedBytes;
    private bool _ended;

    /// <summary>Starts a page.</summary>
    /// <param name="expectedBytes">Bytes to rent at first; the page grows past them.</param>
    public ChangeBatchBuilder(int expectedBytes) => _data = new PooledBuffer(expectedBytes);

    /// <summary>Takes the JSON of the row that is being read.</summary>
    public IBufferWriter<byte> Writer => _data;

    /// <summary>Rows added.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes written, those of a row not yet added included.</summary>
    public int DataBytes => _data.WrittenBytes;

    /// <summary>Adds the row whose JSON was written since the last call.</summary>
    public void Add(ChangePosition position, DateTime? commitTime, ulong keyHash, IReadOnlyList<string>? unavailable)
    {
        ObjectDisposedException.ThrowIf(_ended, this);
        if (Count == _events.Length) Grow();
        // Writing the next row may move the buffer: until Build only the length of this counts.
        _events[Count++] = new ChangeEvent(position, commitTime, keyHash, _data.Written[_addedBytes..], unavailable);
        _addedBytes = _data.WrittenBytes;
    }

    /// <summary>Ends the page. A row that was written but not added is left out.</summary>
    public ChangeBatch Build(ChangePosition next, bool hasMore)
    {
        ObjectDisposedException.ThrowIf(_ended, this);
        _data.Truncate(_addedBytes);
        var written = _data.Written;
        var start = 0;
        foreach (ref var change in _events.AsSpan(0, Count))
        {
            var length = change.Data.Length;
            change = change with { Data = written.Slice(start, length) };
            start += length;
        }

        _ended = true;
        return new ChangeBatch(_data, _events, Count, next, hasMore);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_ended) return;
        _ended = true;
        _data.Dispose();
        Return(_events, Count);
    }

    private void Grow()
    {
        var grown = ArrayPool<ChangeEvent>.Shared.Rent(2 * _events.Length);
        _events.AsSpan(0, Count).CopyTo(grown);
        Return(_events, Count);
        _events = grown;
    }

    private static void Return(ChangeEvent[] events, int used)
    {
        events.AsSpan(0, used).Clear();
        ArrayPool<ChangeEvent>.Shared.Return(events);
    }
}
