using DStream.StandIns.SqlServer.Transactions;

namespace DStream.StandIns.SqlServer.Storage;

/// <summary>
/// The place of one clustered key: its committed versions, newest first, and the pending value of the one transaction that
/// owns it. Owning a slot is holding its exclusive or its update lock.
/// </summary>
internal sealed class RowSlot(object?[] key, long id)
{
    /// <summary>The clustered key, or the row identifier of a heap.</summary>
    public object?[] Key { get; } = key;

    public long Id { get; } = id;

    public RowVersion? Committed { get; set; }

    public Transaction? Owner { get; set; }

    /// <summary>The owner holds an update lock, not yet an exclusive one: readers go past it.</summary>
    public bool IsUpdateLock { get; set; }

    /// <summary>Transactions that hold the row shared (REPEATABLE READ and above); null where none does.</summary>
    public List<Transaction>? Sharers { get; set; }

    public bool HasPending { get; set; }

    /// <summary>What the owner's commit will make of the row; null is a delete.</summary>
    public object?[]? Pending { get; set; }

    /// <summary>The newest value as <paramref name="reader"/> would write over it.</summary>
    public object?[]? Latest(Transaction? reader) => HasPending && Owner == reader ? Pending : Committed?.Values;

    /// <summary>The newest value, committed or not: READ UNCOMMITTED.</summary>
    public object?[]? Dirty => HasPending ? Pending : Committed?.Values;

    /// <summary>The value that a statement which began at commit number <paramref name="sequence"/> sees.</summary>
    public object?[]? Visible(Transaction? reader, long sequence)
    {
        if (HasPending && Owner == reader)
        {
            return Pending;
        }
        for (var version = Committed; version is not null; version = version.Older)
        {
            if (version.Sequence <= sequence)
            {
                return version.Values;
            }
        }
        return null;
    }
}

/// <summary>A committed value of a row; null values are a delete.</summary>
internal sealed class RowVersion(object?[]? values, long sequence)
{
    public object?[]? Values { get; } = values;

    public long Sequence { get; } = sequence;

    public RowVersion? Older { get; set; }
}
