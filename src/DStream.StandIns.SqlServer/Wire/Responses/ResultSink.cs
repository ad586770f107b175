using System.Collections.Immutable;
using DStream.StandIns.SqlServer.Faults;
using DStream.StandIns.SqlServer.Sessions;
using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Wire.Packets;
using DStream.StandIns.SqlServer.Wire.Requests;
using DStream.StandIns.SqlServer.Wire.Types;

namespace DStream.StandIns.SqlServer.Wire.Responses;

/// <summary>
/// One response (of a batch, or of one call of a message). A batch's DONE is held back until it is known whether more comes
/// after it, which its MORE bit says.
/// </summary>
internal sealed class ResultSink(ResponseWriter writer, RequestScope scope, bool isCall, ImmutableArray<FaultRule> rowFaults) : IResultSink
{
    private readonly List<SqlParameter> _outputs = [];
    private RowEncoder? _encoder;
    private Done? _held;
    private bool _hasColumns;
    private bool _hasError;
    private int _lastError;
    private int? _returnStatus;
    private long _rows;
    private long _nextFaultRow = rowFaults.IsEmpty ? long.MaxValue : rowFaults[0].Point.Row;
    private TimeSpan _delay;

    /// <summary>Nothing more leaves: a fault has struck, or the reply is to be lost.</summary>
    public bool IsMuted { get; set; }

    /// <summary>The fault that struck between rows and still has to be carried out.</summary>
    public FaultAction? RowFault { get; private set; }

    public bool AnyError { get; private set; }

    public void Columns(IReadOnlyList<SqlColumn> columns)
    {
        RefuseUnknownTypes(columns);
        _encoder = new RowEncoder(columns);
        _hasColumns = true;
        var buffer = Begin();
        TokenWriter.Columns(buffer, columns);
        Send(buffer);
    }

    public void Row(ReadOnlySpan<object?> values)
    {
        if (IsMuted) return;
        var encoder = _encoder ?? throw new InvalidOperationException("A row before the columns of its result set.");
        var buffer = writer.Scratch();
        encoder.Encode(values, buffer);
        writer.Write(buffer.Written);
        if (++_rows >= _nextFaultRow) StrikeRow();
    }

    public void EncodedRow(ReadOnlySpan<byte> row)
    {
        if (IsMuted) return;
        writer.Write(row);
        if (++_rows >= _nextFaultRow) StrikeRow();
    }

    public void StatementDone(long? rowCount, StatementKind kind = StatementKind.Other)
    {
        if (kind == StatementKind.Other && _hasColumns) kind = StatementKind.Select;
        var status = (rowCount is null ? DoneStatus.Final : DoneStatus.Count) | (_hasError ? DoneStatus.Error : DoneStatus.Final);
        var done = new Done(isCall ? Token.DoneInProc : Token.Done, status, kind, rowCount ?? 0);
        (_hasColumns, _hasError) = (false, false);
        ReleaseHeld();
        _held = done;
    }

    public void Message(SqlError message)
    {
        if (TokenWriter.IsError(message)) (_hasError, AnyError, _lastError) = (true, true, message.Number);
        if (message.Severity >= 20) scope.IsFatal = true;
        var buffer = Begin();
        TokenWriter.Message(buffer, message);
        Send(buffer);
    }

    public void ReturnStatus(int value)
    {
        if (isCall)
        {
            _returnStatus = value;
            return;
        }
        var buffer = Begin();
        TokenWriter.ReturnStatus(buffer, value);
        Send(buffer);
        _held = new Done(Token.DoneProc, DoneStatus.Final, StatementKind.Other, 0);
    }

    public void OutputParameter(SqlParameter parameter) => _outputs.Add(parameter);

    public async ValueTask FlushAsync(CancellationToken attention)
    {
        await WaitForDelayAsync(attention);
        if (!IsMuted) await writer.FlushFullPacketsAsync();
        attention.ThrowIfCancellationRequested();
    }

    public async ValueTask WaitForDelayAsync(CancellationToken attention)
    {
        if (_delay == TimeSpan.Zero) return;
        var delay = _delay;
        _delay = TimeSpan.Zero;
        await Task.Delay(delay, writer.Time, attention).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Ends the response. What <paramref name="writeState"/> writes (ENVCHANGE, SESSIONSTATE) stands before the last DONE.</summary>
    public void Finish(bool isLast, DoneStatus transaction, Action<ByteBuffer> writeState)
    {
        if (isCall)
        {
            FinishCall(isLast, transaction, writeState);
            return;
        }
        if (_hasError || _held is null) StatementDone(null);
        var buffer = writer.Scratch();
        writeState(buffer);
        WriteDone(buffer, _held!.Value, transaction);
        _held = null;
        Send(buffer);
    }

    /// <summary>Ends the response to a request that was cancelled, without what it would still have brought.</summary>
    public void FinishCancelled(Action<ByteBuffer> writeState)
    {
        var buffer = Begin();
        writeState(buffer);
        TokenWriter.Done(buffer, Token.Done, DoneStatus.Final, 0, 0);
        Send(buffer);
    }

    /// <summary>Acknowledges an attention, exactly once.</summary>
    public void FinishAttention(Action<ByteBuffer> writeState)
    {
        var buffer = Begin();
        writeState(buffer);
        TokenWriter.Done(buffer, Token.Done, DoneStatus.Attention, 0, 0);
        Send(buffer);
    }

    private void FinishCall(bool isLast, DoneStatus transaction, Action<ByteBuffer> writeState)
    {
        var buffer = Begin();
        TokenWriter.ReturnStatus(buffer, _returnStatus ?? _lastError);
        for (var i = 0; i < _outputs.Count; i++) TokenWriter.ReturnValue(buffer, i, _outputs[i]);
        writeState(buffer);
        var status = transaction | (_hasError ? DoneStatus.Error : DoneStatus.Final) | (isLast ? DoneStatus.Final : DoneStatus.More);
        WriteDone(buffer, new Done(Token.DoneProc, status, StatementKind.Other, 0), DoneStatus.Final);
        Send(buffer);
    }

    private ByteBuffer Begin()
    {
        ReleaseHeld();
        return writer.Scratch();
    }

    private void Send(ByteBuffer buffer)
    {
        if (!IsMuted) writer.Write(buffer.Written);
    }

    private void ReleaseHeld()
    {
        if (_held is not { } done) return;
        _held = null;
        var buffer = writer.Scratch();
        WriteDone(buffer, done, DoneStatus.More);
        Send(buffer);
    }

    private static void WriteDone(ByteBuffer output, Done done, DoneStatus more) =>
        TokenWriter.Done(output, done.Token, done.Status | more, (ushort)done.Kind, done.Rows);

    private void StrikeRow()
    {
        foreach (var rule in rowFaults)
        {
            if (rule.Point.Row != _rows || !rule.TryFire()) continue;
            Apply(rule.Action);
            rule.Announce();
            break;
        }
        _nextFaultRow = rowFaults.Select(rule => rule.Point.Row).FirstOrDefault(row => row > _rows, long.MaxValue);
    }

    private void Apply(FaultAction action)
    {
        if (action.IgnoresAttention) scope.IgnoreAttention();
        switch (action.Kind)
        {
            case FaultKind.Delay: _delay = action.Delay; break;
            case FaultKind.IgnoreAttention: break;
            case FaultKind.Cut: writer.CutAfter(action.Bytes); break;
            default:
                // The engine stops at its next look at the token; what it still writes until then must not leave.
                (RowFault, IsMuted) = (action, true);
                scope.StopEngine();
                break;
        }
    }

    private void RefuseUnknownTypes(IReadOnlyList<SqlColumn> columns)
    {
        foreach (var column in columns)
        {
            if (column.Type.Kind == SqlKind.Json && !writer.Features.Json || column.Type.Kind == SqlKind.Vector && !writer.Features.Vector)
                throw RequestRefusedException.Because($"column '{column.Name}' is {column.Type.Kind}, which this client did not ask for at login");
        }
    }

    private readonly record struct Done(byte Token, DoneStatus Status, StatementKind Kind, long Rows);
}
