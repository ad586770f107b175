namespace DStream.Core;

/// <summary>What happened to a row, with the numbers of <c>__$operation</c>.</summary>
/// <remarks>Source: Microsoft Learn, "cdc.fn_cdc_get_all_changes_&lt;capture_instance&gt;".</remarks>
public enum ChangeOperation : byte
{
    /// <summary>No operation: sorts before every real one.</summary>
    None = 0,

    /// <summary>The row was deleted; the columns are those it had.</summary>
    Delete = 1,

    /// <summary>The row was inserted.</summary>
    Insert = 2,

    /// <summary>The row before an update. It directly precedes its <see cref="UpdateAfter"/>.</summary>
    UpdateBefore = 3,

    /// <summary>The row after an update.</summary>
    UpdateAfter = 4,
}
