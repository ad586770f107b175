namespace DStream.StandIns.SqlServer.Statements;

/// <summary>Where control goes after a statement.</summary>
internal enum Flow
{
    Next,
    Break,
    Continue,
    Return,
    GoTo,
}
