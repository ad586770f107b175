using DStream.StandIns.SqlServer.Sessions;

namespace DStream.StandIns.SqlServer.Faults;

internal enum FaultKind { Error, Delay, Hang, IgnoreAttention, Close, Cut, RunThenDrop }

internal sealed record FaultAction(
    FaultKind Kind, SqlError? Error = null, TimeSpan Delay = default, long Bytes = 0, bool Reset = false, bool IgnoresAttention = false);
