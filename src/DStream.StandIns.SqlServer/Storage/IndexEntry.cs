namespace DStream.StandIns.SqlServer.Storage;

/// <summary>One entry of an index: a key and the slot some version of which has it.</summary>
internal sealed class IndexEntry(object?[] key, RowSlot slot)
{
    public object?[] Key { get; } = key;

    public RowSlot Slot { get; } = slot;
}
