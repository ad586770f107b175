using System.Collections.Immutable;
using DStream.StandIns.SqlServer.Faults;
using DStream.StandIns.SqlServer.Sessions;
using DStream.StandIns.SqlServer.Wire.Requests;

namespace DStream.StandIns.SqlServer.Wire.BulkLoad;

/// <summary>The faults that wait for rows of one bulk load.</summary>
internal sealed class BulkRowFaults(FaultInjector faults, RequestScope scope)
{
    private readonly ImmutableArray<FaultRule> _rules = faults.BulkRows();
    private long _rows;

    /// <summary>How many rows may be taken before one has to be looked for.</summary>
    public long RowsUntilNext => _rules.Select(rule => rule.Point.Row - _rows).FirstOrDefault(rows => rows > 0, long.MaxValue);

    public async ValueTask TakenAsync(int rows)
    {
        _rows += rows;
        foreach (var rule in _rules)
        {
            if (rule.Point.Row != _rows || !rule.TryFire()) continue;
            var strike = await faults.ActAsync(rule, scope);
            if (strike.Error is { } error) throw new SqlErrorException(error);
            scope.Attention.ThrowIfCancellationRequested();
        }
    }
}
