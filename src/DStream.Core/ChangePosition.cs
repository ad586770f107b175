namespace DStream.Core;

/// <summary>
/// Where a row stands in the log: totally ordered by start LSN, command id, seqval and operation, which is the order of the change
/// table's clustered index and the only one that keeps deferred updates right (CDC-FACTS: order by seqval alone loses rows).
/// A saved position means: everything up to and including this has been delivered.
/// </summary>
/// <param name="StartLsn">Commit LSN of the transaction, the same for all its rows.</param>
/// <param name="CommandId">Order of the row's command inside the transaction; <see cref="NoCommandId"/> where the row was read through
/// the function, which does not return it.</param>
/// <param name="SeqVal">Order of the change inside the transaction.</param>
/// <param name="Operation">The operation; puts the image before an update ahead of the one after it.</param>
public readonly record struct ChangePosition(Lsn StartLsn, int CommandId, Lsn SeqVal, ChangeOperation Operation) : IComparable<ChangePosition>
{
    /// <summary>The command id of a row that was read through the function.</summary>
    public const int NoCommandId = -1;

    /// <summary>Before every change.</summary>
    public static ChangePosition Start => Before(Lsn.Zero);

    /// <summary>Whether everything of the transaction is behind this position.</summary>
    public bool IsEndOfTransaction => CommandId == int.MaxValue;

    /// <summary>Whether nothing of the transaction is behind this position.</summary>
    public bool IsBeforeTransaction => CommandId == int.MinValue;

    /// <summary>Whether the position is a row inside its transaction, so that it depends on the order it was read in.</summary>
    public bool IsInsideTransaction => !IsEndOfTransaction && !IsBeforeTransaction;

    /// <summary>Whether the row was read through the function, in the order start LSN, seqval, operation.</summary>
    public bool IsFunctionOrder => CommandId == NoCommandId;

    /// <summary>The first LSN that a reader at this position still needs.</summary>
    public Lsn NextLsn => IsEndOfTransaction ? StartLsn.Next() : StartLsn;

    /// <summary>Everything up to and including that transaction is done.</summary>
    public static ChangePosition EndOf(Lsn lsn) => new(lsn, int.MaxValue, Lsn.Max, (ChangeOperation)byte.MaxValue);

    /// <summary>Nothing of that transaction is done, and everything before it is.</summary>
    public static ChangePosition Before(Lsn lsn) => new(lsn, int.MinValue, Lsn.Zero, ChangeOperation.None);

    /// <summary>
    /// The position to resume at when reading in the other order: inside a transaction it is the beginning of that transaction,
    /// since what precedes a row differs between the orders. MessageIds agree in both, so duplicate detection absorbs the repeat.
    /// </summary>
    // I5a
    public ChangePosition ForOrder(bool functionOrder) =>
        IsInsideTransaction && IsFunctionOrder != functionOrder ? Before(StartLsn) : this;

    /// <inheritdoc/>
    public int CompareTo(ChangePosition other)
    {
        var order = StartLsn.CompareTo(other.StartLsn);
        if (order == 0) order = CommandId.CompareTo(other.CommandId);
        if (order == 0) order = SeqVal.CompareTo(other.SeqVal);
        return order != 0 ? order : ((byte)Operation).CompareTo((byte)other.Operation);
    }

    /// <summary>For logs and errors: <c>lsn</c> alone at the end of a transaction, all four parts inside it.</summary>
    public override string ToString() => this switch
    {
        { IsEndOfTransaction: true } => $"end of {StartLsn}",
        { IsBeforeTransaction: true } => $"before {StartLsn}",
        { IsFunctionOrder: true } => $"{StartLsn}:{SeqVal}:{(byte)Operation}",
        _ => $"{StartLsn}:{CommandId}:{SeqVal}:{(byte)Operation}",
    };

    /// <summary>Whether the left one is earlier.</summary>
    public static bool operator <(ChangePosition left, ChangePosition right) => left.CompareTo(right) < 0;

    /// <summary>Whether the left one is later.</summary>
    public static bool operator >(ChangePosition left, ChangePosition right) => left.CompareTo(right) > 0;

    /// <summary>Whether the left one is not later.</summary>
    public static bool operator <=(ChangePosition left, ChangePosition right) => left.CompareTo(right) <= 0;

    /// <summary>Whether the left one is not earlier.</summary>
    public static bool operator >=(ChangePosition left, ChangePosition right) => left.CompareTo(right) >= 0;
}
