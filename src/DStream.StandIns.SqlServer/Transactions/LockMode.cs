namespace DStream.StandIns.SqlServer.Transactions;

/// <summary>How a row, a range of keys or a table is held, weakest first.</summary>
internal enum LockMode : byte
{
    Shared,
    Update,
    Exclusive,
}
