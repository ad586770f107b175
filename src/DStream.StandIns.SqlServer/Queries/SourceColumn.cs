using DStream.StandIns.SqlServer.Types;

namespace DStream.StandIns.SqlServer.Queries;

/// <summary>A column that a row source offers.</summary>
internal sealed record SourceColumn(string Name, SqlType Type, bool IsNullable = true, bool IsIdentity = false)
{
    /// <summary>The error that naming it gives, where the session may not read it.</summary>
    public Sessions.SqlErrorException? Denied { get; init; }
}
