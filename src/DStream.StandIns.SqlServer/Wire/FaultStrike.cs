using DStream.StandIns.SqlServer.Sessions;

namespace DStream.StandIns.SqlServer.Wire;

/// <summary>What is left of a fault after it struck: an error to send, a request not to run, a reply not to send.</summary>
internal readonly record struct FaultStrike(SqlError? Error = null, bool Cancelled = false, bool LosesReply = false);
