namespace DStream.Core;

/// <summary>Changes between a table's position and the low end of its capture instance were cleaned up before they were read (I3).</summary>
/// <param name="table">The table.</param>
/// <param name="position">Everything up to here was delivered.</param>
/// <param name="lowLsn">The first LSN that can still be read.</param>
public sealed class ChangeDataLostException(TableName table, ChangePosition position, Lsn lowLsn) : Exception(
    $"Table {table}: changes are lost. Delivered up to {position}, but the capture instance now begins at {lowLsn}: "
    + "cleanup removed what lay between. Lengthen the retention (sys.sp_cdc_change_job), then set the checkpoint to "
    + $"{lowLsn} to accept the gap.")
{
    /// <summary>The table.</summary>
    public TableName Table { get; } = table;

    /// <summary>Everything up to here was delivered.</summary>
    public ChangePosition Position { get; } = position;

    /// <summary>The first LSN that can still be read.</summary>
    public Lsn LowLsn { get; } = lowLsn;
}
