namespace DStream.SqlServer;

/// <summary>Where checkpoints are kept.</summary>
public sealed record SqlServerCheckpointOptions
{
    /// <summary>A secret. In ADO.NET form, with the database.</summary>
    public required string ConnectionString { get; init; }

    /// <summary>Whether a missing table is created; else it is an error that names the script.</summary>
    public bool CreateTable { get; init; } = true;

    /// <summary>How long one command may take; one minute.</summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromMinutes(1);

    // I8
    /// <inheritdoc/>
    public override string ToString() => $"SqlServerCheckpointOptions {{ CreateTable = {CreateTable}, CommandTimeout = {CommandTimeout} }}";
}
