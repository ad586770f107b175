using DStream.StandIns.SqlServer.Sessions;
using DStream.StandIns.SqlServer.Wire.Handshake;
using DStream.StandIns.SqlServer.Wire.Packets;
using DStream.StandIns.SqlServer.Wire.Responses;

namespace DStream.StandIns.SqlServer.Wire.Requests;

/// <summary>
/// Tells the client what a request changed of its session: the database, the transaction, and whether the session could be
/// restored on a new connection.
/// </summary>
internal sealed class SessionTracker(ISqlSession session, LoginFeatures features)
{
    private string _database = session.Database;
    private ulong _transaction = session.TransactionDescriptor;
    private byte[] _state = session.State;
    private bool _recoverable = true;
    private uint _sequence;
    private bool _resetDone;

    public DoneStatus TransactionStatus => session.TransactionDescriptor != 0 ? DoneStatus.InTransaction : DoneStatus.Final;

    /// <summary>RESETCONNECTION: its acknowledgement stands in the response to the request that brought it.</summary>
    public void Reset(bool keepTransaction)
    {
        session.Reset(keepTransaction);
        // The client takes its own database name back; it is not told.
        (_database, _state, _recoverable) = (session.Database, session.State, true);
        _resetDone = true;
    }

    public void Write(ByteBuffer output, bool rolledBack)
    {
        if (_resetDone) EnvChange.ResetDone(output);
        if (session.Database != _database) EnvChange.Database(output, session.Database, _database);
        var before = _transaction;
        (_database, _transaction) = (session.Database, session.TransactionDescriptor);
        EnvChange.Transaction(output, before, _transaction, rolledBack || _resetDone);
        _resetDone = false;
        if (features.SessionRecovery) WriteState(output);
    }

    private void WriteState(ByteBuffer output)
    {
        var (state, recoverable) = (session.State, session.IsRecoverable);
        if (recoverable == _recoverable && state.AsSpan().SequenceEqual(_state)) return;
        (_state, _recoverable) = (state, recoverable);
        TokenWriter.SessionState(output, ++_sequence, recoverable, state);
    }
}
