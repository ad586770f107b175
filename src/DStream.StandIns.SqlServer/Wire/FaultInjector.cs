using System.Collections.Immutable;
using DStream.StandIns.SqlServer.Faults;
using DStream.StandIns.SqlServer.Wire.Packets;
using DStream.StandIns.SqlServer.Wire.Requests;

namespace DStream.StandIns.SqlServer.Wire;

/// <summary>Carries out the listener's faults on one connection.</summary>
internal sealed class FaultInjector(FaultRules rules, PacketWriter packets, TimeProvider time)
{
    public ImmutableArray<FaultRule> RowsOf(string text) => rules.ForRowsOf(text);

    public ImmutableArray<FaultRule> BulkRows() => rules.ForBulkRows();

    public ValueTask<FaultStrike> StrikeAsync(FaultStage stage, string text, RequestScope scope) =>
        rules.Fire(stage, text) is { } rule ? ActAsync(rule, scope) : default;

    /// <summary>Carries out a rule that has fired.</summary>
    public ValueTask<FaultStrike> ActAsync(FaultRule rule, RequestScope scope)
    {
        if (rule.Action.IgnoresAttention) scope.IgnoreAttention();
        rule.Announce();
        return ApplyAsync(rule.Action, scope);
    }

    public async ValueTask<FaultStrike> ApplyAsync(FaultAction action, RequestScope scope)
    {
        switch (action.Kind)
        {
            case FaultKind.Error:
                return new FaultStrike(action.Error);
            case FaultKind.RunThenDrop:
                return new FaultStrike(LosesReply: true);
            case FaultKind.Close:
                throw new ConnectionEndedException(action.Reset);
            case FaultKind.Cut:
                packets.BytesUntilCut = action.Bytes;
                return default;
            case FaultKind.Delay:
                return new FaultStrike(Cancelled: await WaitAsync(action.Delay, scope.Attention));
            case FaultKind.Hang:
                return new FaultStrike(Cancelled: await WaitAsync(Timeout.InfiniteTimeSpan, scope.Attention));
            default:
                return default;
        }
    }

    /// <summary>True where the wait was ended by an attention or by the end of the connection.</summary>
    private async ValueTask<bool> WaitAsync(TimeSpan delay, CancellationToken token)
    {
        try
        {
            await Task.Delay(delay, time, token);
            return false;
        }
        catch (OperationCanceledException)
        {
            return true;
        }
    }
}
