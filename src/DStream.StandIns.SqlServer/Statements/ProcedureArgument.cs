using DStream.StandIns.SqlServer.Types;

namespace DStream.StandIns.SqlServer.Statements;

/// <summary>An argument of a procedure call; without a name it stands by its position.</summary>
internal sealed record ProcedureArgument(string? Name, SqlType Type, object? Value)
{
    /// <summary>The word DEFAULT.</summary>
    public bool IsDefault { get; init; }
}
