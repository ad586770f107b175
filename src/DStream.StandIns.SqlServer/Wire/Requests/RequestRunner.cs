using DStream.StandIns.SqlServer.Faults;
using DStream.StandIns.SqlServer.Sessions;
using DStream.StandIns.SqlServer.Wire.BulkLoad;
using DStream.StandIns.SqlServer.Wire.Packets;
using DStream.StandIns.SqlServer.Wire.Responses;
using DStream.StandIns.SqlServer.Wire.Types;
using Microsoft.Extensions.Logging;

namespace DStream.StandIns.SqlServer.Wire.Requests;

/// <summary>Carries out one message of a logged-in connection and answers it.</summary>
internal sealed class RequestRunner(ISqlSession session, ResponseWriter writer, FaultInjector faults, ILogger logger)
{
    private readonly PreparedStatements _statements = new();
    private readonly BulkLoadRunner _bulkLoads = new(session, faults, logger);
    private readonly SessionTracker _tracker = new(session, writer.Features);

    public async ValueTask RunAsync(TdsMessage message, RequestScope scope)
    {
        if (message.Type == PacketType.Attention)
        {
            // The request was over when it came: the acknowledgement is a response of its own.
            NewSink(scope, false, "").FinishAttention(Track(false));
        }
        else
        {
            if ((message.Status & (PacketStatus.ResetConnection | PacketStatus.ResetConnectionKeepTransaction)) != 0) Reset(message.Status);
            await RunRequestAsync(message, scope);
            if (scope.AttentionAsked) await EndCancelledAsync(scope);
        }
        await writer.EndMessageAsync();
        if (scope.IsFatal) throw new ConnectionEndedException(reset: false);
    }

    /// <summary>
    /// The acknowledgement is a message of its own, after what was left of the response: MS-TDS 3.2.5.9 lets a client wait for both, and
    /// tedious passes over everything in the first.
    /// </summary>
    private async ValueTask EndCancelledAsync(RequestScope scope)
    {
        await writer.EndMessageAsync();
        NewSink(scope, false, "").FinishAttention(Track(false));
    }

    private void Reset(PacketStatus status)
    {
        _statements.Clear();
        _tracker.Reset(keepTransaction: status.HasFlag(PacketStatus.ResetConnectionKeepTransaction));
    }

    private async ValueTask RunRequestAsync(TdsMessage message, RequestScope scope)
    {
        try
        {
            switch (message.Type)
            {
                case var _ when message.Status.HasFlag(PacketStatus.Ignore): FinishIgnored(scope); break;
                case PacketType.SqlBatch: await RunBatchAsync(message, scope); break;
                case PacketType.Rpc: await RunCallsAsync(message, scope); break;
                case PacketType.TransactionManager: await RunTransactionAsync(message, scope); break;
                case PacketType.BulkLoad: await RunBulkLoadAsync(message.Packets!, scope); break;
                default: throw new ProtocolException($"A message of type 0x{(byte)message.Type:X2} after the login.");
            }
        }
        catch (Exception e) when (e is RequestRefusedException or SqlErrorException)
        {
            Refuse(NewSink(scope, false, ""), scope, RequestRefusedException.ErrorOf(e));
        }
    }

    /// <summary>The client gave the request up while it was still sending it.</summary>
    private void FinishIgnored(RequestScope scope)
    {
        scope.Close();
        NewSink(scope, false, "").Finish(true, DoneStatus.Error, Track(false));
    }

    private ValueTask RunBatchAsync(TdsMessage message, RequestScope scope)
    {
        var reader = new ByteReader(message.Body.Span);
        RequestHeaders.Skip(ref reader);
        var request = new SqlRequest(reader.Utf16(reader.Remaining), null, []);
        return RunOneAsync(request, NewSink(scope, false, request.Text), scope, isLast: true, handle: null);
    }

    private async ValueTask RunBulkLoadAsync(BulkPackets packets, RequestScope scope)
    {
        var sink = NewSink(scope, false, "");
        await _bulkLoads.RunAsync(packets, sink, scope);
        Finish(sink, scope, isLast: true);
    }

    private async ValueTask RunCallsAsync(TdsMessage message, RequestScope scope)
    {
        var translator = new CallTranslator(_statements);
        var calls = RpcCall.ReadAll(message.Body.Span);
        if (calls.Count == 0) throw new ProtocolException("A remote procedure call without a call.");
        for (var i = 0; i < calls.Count && !scope.IsClosed; i++)
        {
            var isLast = i == calls.Count - 1;
            TranslatedCall call;
            try
            {
                call = translator.Translate(calls[i]);
            }
            catch (Exception e) when (e is RequestRefusedException or SqlErrorException)
            {
                Refuse(NewSink(scope, true, ""), scope, RequestRefusedException.ErrorOf(e), isLast);
                continue;
            }
            await RunOneAsync(call.Request, NewSink(scope, true, call.Request?.Text ?? ""), scope, isLast, call.Handle);
        }
    }

    private async ValueTask RunOneAsync(SqlRequest? request, ResultSink sink, RequestScope scope, bool isLast, SqlParameter? handle)
    {
        // The client takes the first return value of sp_prepexec for the handle, whatever its name.
        if (handle is not null) sink.OutputParameter(handle);
        if (request is not null)
        {
            var strike = await faults.StrikeAsync(FaultStage.Request, request.Text, scope);
            sink.IsMuted = strike.LosesReply;
            if (strike.Error is { } error) sink.Message(error);
            else if (!strike.Cancelled) await ExecuteAsync(request, sink, scope);
            await FinishFaultsAsync(sink, strike, scope);
        }
        Finish(sink, scope, isLast);
    }

    private async ValueTask ExecuteAsync(SqlRequest request, ResultSink sink, RequestScope scope)
    {
        try
        {
            await session.ExecuteAsync(request, sink, scope.Engine);
        }
        catch (OperationCanceledException) when (scope.Engine.IsCancellationRequested)
        {
            // The response ends with what stands in the scope and the sink: an attention, or a fault between rows.
        }
        catch (Exception e) when (e is RequestRefusedException or SqlErrorException)
        {
            sink.Message(RequestRefusedException.ErrorOf(e));
        }
        catch (Exception e) when (e is not (IOException or ObjectDisposedException or ConnectionEndedException))
        {
            Log.EngineFailed(logger, e, request.Text);
            sink.Message(RequestRefusedException.ErrorOf(e));
        }
    }

    private async ValueTask FinishFaultsAsync(ResultSink sink, FaultStrike strike, RequestScope scope)
    {
        if (strike.LosesReply) throw new ConnectionEndedException(reset: true);
        await sink.WaitForDelayAsync(scope.Attention);
        if (sink.RowFault is not { } fault) return;
        sink.IsMuted = false;
        if (fault.Kind == FaultKind.Close) await writer.SendUnfinishedAsync();
        else if (fault.Kind == FaultKind.Hang) await writer.FlushFullPacketsAsync();
        var afterRows = await faults.ApplyAsync(fault, scope);
        if (afterRows.Error is { } error) sink.Message(error);
    }

    private async ValueTask RunTransactionAsync(TdsMessage message, RequestScope scope)
    {
        var request = TransactionRequest.Read(message.Body.Span);
        var sink = NewSink(scope, false, "");
        var strike = request.Verb == TransactionVerb.Commit ? await faults.StrikeAsync(FaultStage.Commit, "", scope) : default;
        if (strike.Error is { } error) sink.Message(error);
        else if (!strike.Cancelled) RunTransaction(request, sink);
        if (strike.LosesReply) throw new ConnectionEndedException(reset: true);
        Finish(sink, scope, isLast: true, rolledBack: request.Verb == TransactionVerb.Rollback);
    }

    private void RunTransaction(TransactionRequest request, ResultSink sink)
    {
        try
        {
            request.Run(session);
        }
        catch (SqlErrorException e)
        {
            sink.Message(e.Error);
        }
    }

    private void Refuse(ResultSink sink, RequestScope scope, SqlError error, bool isLast = true)
    {
        sink.Message(error);
        Finish(sink, scope, isLast);
    }

    private void Finish(ResultSink sink, RequestScope scope, bool isLast, bool rolledBack = false)
    {
        // An attention ends the whole message, also where it came between two of its calls.
        var attention = isLast ? scope.Close() : scope.AttentionAsked;
        if (attention && !isLast && scope.Close()) isLast = true;
        var track = Track(rolledBack || sink.AnyError || attention);
        if (attention) sink.FinishCancelled(track);
        else sink.Finish(isLast, _tracker.TransactionStatus, track);
    }

    private Action<ByteBuffer> Track(bool rolledBack) => output => _tracker.Write(output, rolledBack);

    private ResultSink NewSink(RequestScope scope, bool isCall, string text) => new(writer, scope, isCall, faults.RowsOf(text));
}
