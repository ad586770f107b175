namespace DStream.Core;

/// <summary>How far a table has been read.</summary>
/// <param name="Table">The table as it was described.</param>
/// <param name="Position">Everything up to here has been read.</param>
public readonly record struct TablePosition(TableDescription Table, ChangePosition Position);
