using DStream.Core;

namespace DStream.SqlServer.Tests;

/// <summary>A change as a test compares it.</summary>
internal sealed record ReadRow(ChangePosition Position, string Data, DateTime? CommitTime)
{
    public int Operation => (int)Position.Operation;

    /// <summary>Operation and row, without the position.</summary>
    public string Text => $"{Operation} {Data}";

    /// <summary>What names the row whichever way it was read (I5).</summary>
    public (Lsn, Lsn, ChangeOperation) Identity => (Position.StartLsn, Position.SeqVal, Position.Operation);
}
