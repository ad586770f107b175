using System.Collections.Immutable;

namespace DStream.StandIns.SqlServer.Cdc;

/// <summary>All change tables of a database as one capture scan or one cleanup left them. Immutable: a reader keeps the one it took.</summary>
/// <param name="Instances">By capture instance: its low end and its rows.</param>
/// <param name="TimeMapping">cdc.lsn_time_mapping.</param>
/// <param name="MaxLsn">sys.fn_cdc_get_max_lsn; null before the first scan found anything.</param>
internal sealed record CdcState(ImmutableDictionary<CaptureInstance, InstanceState> Instances, ChangeRows TimeMapping, Lsn? MaxLsn)
{
    public static readonly CdcState Empty = new(ImmutableDictionary<CaptureInstance, InstanceState>.Empty, ChangeRows.Empty, null);
}

/// <summary>A capture instance's low end (change_tables.start_lsn) and its rows.</summary>
internal sealed record InstanceState(Lsn StartLsn, ChangeRows Rows);
