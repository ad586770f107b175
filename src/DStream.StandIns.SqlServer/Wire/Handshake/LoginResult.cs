using DStream.StandIns.SqlServer.Sessions;

namespace DStream.StandIns.SqlServer.Wire.Handshake;

/// <summary>How a login ended: a session, or the error that the client was sent.</summary>
internal sealed record LoginResult(ISqlSession? Session, Login7 Login, SqlError? Refusal);
