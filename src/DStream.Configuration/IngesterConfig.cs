using DStream.Core;

namespace DStream.Configuration;

/// <summary>The <c>ingester</c> block.</summary>
public sealed record IngesterConfig
{
    /// <summary>The provider of the source, <c>sqlserver</c> unless said otherwise.</summary>
    public required string DbType { get; init; }

    /// <summary>A secret. Always in ADO.NET form; a URL was converted.</summary>
    public required string DbConnectionString { get; init; }

    /// <summary>Host, or host\instance, without protocol and port: <c>server_name</c>, else from the connection string.</summary>
    public required string ServerName { get; init; }

    /// <summary><c>database_name</c>, else from the connection string.</summary>
    public required string DatabaseName { get; init; }

    /// <summary>The default of the tables; each table's own value is in <see cref="TableConfig.ReadMode"/>.</summary>
    public ReadMode ReadMode { get; init; }

    /// <summary>The default of the tables; each table's own value is in <see cref="TableConfig.UpdateImages"/>.</summary>
    public UpdateImages UpdateImages { get; init; }

    public ValueFormat Values { get; init; }

    /// <summary>Bytes of encoded changes that one table's worker reads before it sends them.</summary>
    public int MaxPageBytes { get; init; } = DefaultMaxPageBytes;

    public required QueueConfig Queue { get; init; }

    public required LocksConfig Locks { get; init; }

    public required CheckpointConfig Checkpoints { get; init; }

    public required IReadOnlyList<TableConfig> Tables { get; init; }

    public const int DefaultMaxPageBytes = 4 * 1024 * 1024;

    // I8
    public override string ToString() =>
        $"IngesterConfig {{ DbType = {DbType}, DbConnectionString = {Secret.Mask(DbConnectionString)}, ServerName = {ServerName}, "
        + $"DatabaseName = {DatabaseName}, ReadMode = {ReadMode}, UpdateImages = {UpdateImages}, Values = {Values}, "
        + $"MaxPageBytes = {MaxPageBytes}, Queue = {Queue}, Locks = {Locks}, Checkpoints = {Checkpoints}, "
        + $"Tables = [{string.Join(", ", Tables)}] }}";
}
