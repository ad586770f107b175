using System.Text.Json;
using DStream.Core;

namespace DStream.Contracts.Tests;

/// <summary>A change as the contract compares it.</summary>
public sealed record ReadChange(ChangePosition Position, int Id, string? Name, ulong KeyHash)
{
    /// <summary>Operation, key and name, without the position.</summary>
    public (ChangeOperation, int, string?) Row => (Position.Operation, Id, Name);

    /// <summary>What names the row whichever way it was read (I5).</summary>
    public (Lsn, Lsn, ChangeOperation) Identity => (Position.StartLsn, Position.SeqVal, Position.Operation);

    public static ReadChange Of(in ChangeEvent change)
    {
        var row = JsonDocument.Parse(change.Data).RootElement;
        return new ReadChange(change.Position, row.GetProperty(nameof(Id)).GetInt32(), row.GetProperty(nameof(Name)).GetString(), change.KeyHash);
    }
}
