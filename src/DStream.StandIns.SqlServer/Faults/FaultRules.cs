using System.Collections.Immutable;

namespace DStream.StandIns.SqlServer.Faults;

/// <summary>The faults that a listener injects. The first armed rule that fits and is due acts. Thread-safe.</summary>
public sealed class FaultRules
{
    private ImmutableArray<FaultRule> _armed = [];

    /// <summary>Begins a rule; it is armed once it is told what to do.</summary>
    public FaultRule On(FaultPoint point) => new(this, point);

    /// <summary>Disarms all rules; their counts stay.</summary>
    public void Clear() => ImmutableInterlocked.Update(ref _armed, _ => []);

    internal void Arm(FaultRule rule) => ImmutableInterlocked.Update(ref _armed, (armed, added) => armed.Add(added), rule);

    internal FaultRule? Fire(FaultStage stage, string text = "")
    {
        foreach (var rule in _armed)
            if (rule.Point.Matches(stage, text) && rule.TryFire()) return rule;
        return null;
    }

    /// <summary>The rules that wait for rows of the response to this text; empty nearly always.</summary>
    internal ImmutableArray<FaultRule> ForRowsOf(string text) => ForRows(FaultStage.Row, text);

    /// <summary>The rules that wait for rows of a bulk load.</summary>
    internal ImmutableArray<FaultRule> ForBulkRows() => ForRows(FaultStage.BulkRow, "");

    private ImmutableArray<FaultRule> ForRows(FaultStage stage, string text) =>
        _armed.IsEmpty ? [] : [.. _armed.Where(rule => rule.Point.Matches(stage, text)).OrderBy(rule => rule.Point.Row)];
}
