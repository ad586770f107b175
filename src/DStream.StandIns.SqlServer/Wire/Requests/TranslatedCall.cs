using DStream.StandIns.SqlServer.Sessions;

namespace DStream.StandIns.SqlServer.Wire.Requests;

/// <summary>What a call comes to: text or a procedure to run (null: nothing), and the handle of a new prepared statement.</summary>
internal sealed record TranslatedCall(SqlRequest? Request, SqlParameter? Handle);
