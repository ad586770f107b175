namespace DStream.Core;

/// <summary>A table cannot be read until somebody does something at the server. Other tables are not concerned (I7).</summary>
/// <param name="table">The table.</param>
/// <param name="problem">What is missing.</param>
/// <param name="remedy">The statement that an administrator must run, whole.</param>
/// <param name="innerException">The vendor's own exception.</param>
public sealed class TableNotReadyException(TableName table, string problem, string remedy, Exception? innerException = null)
    : ProviderException($"Table {table}: {problem} Remedy: {remedy}", isTransient: false, innerException)
{
    /// <summary>The table.</summary>
    public TableName Table { get; } = table;

    /// <summary>The statement that an administrator must run.</summary>
    public string Remedy { get; } = remedy;
}
