using DStream.StandIns.SqlServer.Faults;
using DStream.StandIns.SqlServer.Sessions;
using DStream.StandIns.SqlServer.Wire.Packets;
using DStream.StandIns.SqlServer.Wire.Requests;
using DStream.StandIns.SqlServer.Wire.Responses;
using DStream.StandIns.SqlServer.Wire.Types;
using Microsoft.Extensions.Logging;

namespace DStream.StandIns.SqlServer.Wire.BulkLoad;

/// <summary>Carries a bulk load's rows to the engine while they arrive.</summary>
internal sealed class BulkLoadRunner(ISqlSession session, FaultInjector faults, ILogger logger)
{
    /// <summary>Runs to the end of the message, whatever happens, and leaves in the sink what the client has to be told.</summary>
    public async ValueTask RunAsync(BulkPackets packets, ResultSink sink, RequestScope scope)
    {
        using var rows = new BulkRows(packets);
        try
        {
            try
            {
                await LoadAsync(rows, sink, scope);
            }
            catch (Exception e) when (e is not (OperationCanceledException or IOException or ObjectDisposedException or ConnectionEndedException or ProtocolException))
            {
                // The client sends all of its rows before it reads what became of them.
                await rows.DrainAsync(scope.Engine);
                if (e is not (SqlErrorException or RequestRefusedException)) Log.EngineFailed(logger, e, "INSERT BULK");
                sink.Message(RequestRefusedException.ErrorOf(e));
            }
        }
        catch (OperationCanceledException) when (scope.Engine.IsCancellationRequested)
        {
            // The response is the acknowledgement of the attention.
        }
    }

    private async ValueTask LoadAsync(BulkRows rows, ResultSink sink, RequestScope scope)
    {
        if (await rows.ReadColumnsAsync(scope.Engine) is not { } columns) return;
        using var load = session.BeginBulkLoad(columns, sink);
        var strikes = new BulkRowFaults(faults, scope);
        while (await rows.ReadAsync(scope.Engine) is { } batch)
        {
            // Split where a fault waits for a row, so that exactly those before it are taken.
            for (var taken = 0; taken < batch.Count;)
            {
                var count = (int)Math.Min(batch.Count - taken, strikes.RowsUntilNext);
                await load.WriteAsync(count == batch.Count ? batch : [.. batch.Skip(taken).Take(count)], scope.Engine);
                taken += count;
                await strikes.TakenAsync(count);
            }
        }
        if (rows.IsAbandoned) return;
        var strike = await faults.StrikeAsync(FaultStage.BulkEnd, "", scope);
        if (strike.Error is { } error) throw new SqlErrorException(error);
        if (strike.Cancelled) return;
        load.Complete();
        if (strike.LosesReply) throw new ConnectionEndedException(reset: true);
    }
}
