using DStream.Core;

namespace DStream.SqlServer;

/// <summary>A table's capture instance, as the metadata describes it.</summary>
/// <param name="Table">The source table, as the server spells it.</param>
/// <param name="Name">The capture instance.</param>
/// <param name="LowLsn">The low end of its validity.</param>
/// <param name="RoleName">The gating role that a reader of the function must be in; null for none.</param>
/// <param name="Columns">Captured columns in table order.</param>
/// <param name="KeyColumns">Columns that identify a row, all of them captured; else empty.</param>
internal sealed record CaptureInstance(
    TableName Table, string Name, Lsn LowLsn, string? RoleName, IReadOnlyList<CapturedColumn> Columns, IReadOnlyList<string> KeyColumns)
{
    /// <summary>The change table, quoted.</summary>
    public string ChangeTable => ChangeTableOf(Name);

    /// <summary>The function that reads all changes, quoted.</summary>
    public string Function => "[cdc]." + Quote("fn_cdc_get_all_changes_" + Name);

    /// <summary>The change table of an instance, quoted.</summary>
    public static string ChangeTableOf(string instance) => "[cdc]." + Quote(instance + "_CT");

    /// <summary>An identifier in brackets.</summary>
    public static string Quote(string identifier) => "[" + identifier.Replace("]", "]]", StringComparison.Ordinal) + "]";
}
