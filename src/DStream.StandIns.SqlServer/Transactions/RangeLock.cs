using DStream.StandIns.SqlServer.Storage;

namespace DStream.StandIns.SqlServer.Transactions;

/// <summary>
/// A range of an index that a SERIALIZABLE reader holds: nobody else puts a key into it. The real server locks the keys around
/// the range; this is the range itself, so it never locks more than was read.
/// </summary>
internal sealed record RangeLock(Transaction Transaction, TableIndex Index, KeyRange Range, LockMode Mode)
{
    public bool Contains(TableIndex index, object?[] key) => index == Index && Range.Position(index.Entries.Order, key) == 0;
}
