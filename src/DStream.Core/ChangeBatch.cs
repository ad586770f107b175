namespace DStream.Core;

/// <summary>One page of changes in log order. Dispose gives its memory back.</summary>
public sealed class ChangeBatch : IDisposable
{
    private readonly PooledBuffer _data;

    internal ChangeBatch(PooledBuffer data, ReadOnlyMemory<ChangeEvent> events, ChangePosition next, bool hasMore)
    {
        _data = data;
        Events = events;
        Next = next;
        HasMore = hasMore;
    }

    /// <summary>The changes, in ascending order of their positions.</summary>
    public ReadOnlyMemory<ChangeEvent> Events { get; }

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
    public void Dispose() => _data.Dispose();
}
