namespace DStream.Core;

/// <summary>What the source knows of a table that it reads.</summary>
/// <param name="Name">Schema and table, as the server spells them.</param>
/// <param name="CaptureInstance">The capture instance that is read.</param>
/// <param name="LowLsn">Low end of the capture instance's validity when it was described: where a table without checkpoint begins.</param>
/// <param name="Columns">Captured columns in table order.</param>
/// <param name="KeyColumns">Columns that identify a row; empty where the table has neither primary key nor unique index.</param>
/// <param name="FunctionOrder">Whether rows come in the function's order, without command ids.</param>
public sealed record TableDescription(
    TableName Name, string CaptureInstance, Lsn LowLsn, IReadOnlyList<string> Columns, IReadOnlyList<string> KeyColumns, bool FunctionOrder);
