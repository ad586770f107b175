namespace DStream.StandIns.SqlServer.Transactions;

/// <summary>A statement met a row or a table that another transaction holds: it is undone, waits, and runs again.</summary>
internal sealed class LockConflictException(Transaction owner) : Exception
{
    public Transaction Owner { get; } = owner;
}
