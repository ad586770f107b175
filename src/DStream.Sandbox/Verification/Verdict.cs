namespace DStream.Sandbox.Verification;

/// <summary>The comparison of what was committed with what was delivered.</summary>
/// <param name="Changes">Committed changes.</param>
/// <param name="Lost">Committed, but never delivered with the values they were committed with.</param>
/// <param name="Duplicated">Deliveries of a change that was delivered before, or that nobody committed.</param>
/// <param name="OutOfOrder">Deliveries after one that stands later in the table's log.</param>
public sealed record Verdict(long Changes, long Lost, long Duplicated, long OutOfOrder)
{
    public bool IsClean => Lost == 0 && Duplicated == 0 && OutOfOrder == 0;

    /// <inheritdoc/>
    public override string ToString() => $"verified: {Changes} changes, {Lost} lost, {Duplicated} duplicated, {OutOfOrder} out of order";

    /// <summary>The sum of both.</summary>
    public Verdict Plus(Verdict other) =>
        new(Changes + other.Changes, Lost + other.Lost, Duplicated + other.Duplicated, OutOfOrder + other.OutOfOrder);
}
