using DStream.Core;

namespace DStream.SqlServer;

/// <summary>A database whose changes are read.</summary>
public sealed record SqlServerSourceOptions
{
    /// <summary>A secret. In ADO.NET form, with the database. What it says of encryption, pooling and timeouts holds.</summary>
    public required string ConnectionString { get; init; }

    /// <summary>How tables are read.</summary>
    public TableReadOptions Tables { get; init; } = new();

    /// <summary>How a certain table is read; null reads all as <see cref="Tables"/> says.</summary>
    public Func<TableName, TableReadOptions>? ForTable { get; init; }

    /// <summary>How long one command may take, its rows included; one minute.</summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromMinutes(1);

    // I8
    /// <inheritdoc/>
    public override string ToString() => $"SqlServerSourceOptions {{ Tables = {Tables}, CommandTimeout = {CommandTimeout} }}";
}
