using System.Buffers;

namespace DStream.Core;

/// <summary>One page of changes in log order. Dispose gives its memory back; its events are invalid then.</summary>
public sealed class ChangeBatch : IDisposable
{
    private readonly PooledBuffer _data;
    private readonly int _count;
    private ChangeEvent[] _events;

    internal ChangeBatch(PooledBuffer data, ChangeEvent[] rentedEvents, int count, ChangePosition next, bool hasMore)
    {
        _data = data;
        _events = rentedEvents;
        _count = count;
        Next = next;
        HasMore = hasMore;
    }

    /// <summary>The changes, in ascending order of their positions.</summary>
    public ReadOnlyMemory<ChangeEvent> Events => _events.AsMemory(0, Math.Min(_count, _events.Length));

    /// <summary>
    /// The position after this page: that of the last event where <see cref="HasMore"/>, else the end of the transaction up to which was
    /// read, so that an idle table's position moves on with the database.
    /// </summary>
    public ChangePosition Next { get; }

    /// <summary>Whether the page ended because it was full, so that the next one should be read at once.</summary>
    public bool HasMore { get; }

    /// <summary>Bytes of JSON in this page.</summary>
    public int DataBytes => _data.WrittenBytes;

    /// <inheritdoc/>
    public void Dispose()
    {
        _data.Dispose();
        if (_events.Length == 0) return;
        // The pool must not keep what the events point to alive.
        _events.AsSpan(0, _count).Clear();
        ArrayPool<ChangeEvent>.Shared.Return(_events);
        _events = [];
    }
}
