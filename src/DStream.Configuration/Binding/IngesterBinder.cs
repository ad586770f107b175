using DStream.Core;

namespace DStream.Configuration.Binding;

/// <summary>
/// Makes the ingester's record. Where a value is missing or wrong, an error is in the sink and the record, which has a
/// stand-in value there, is thrown away by the loader.
/// </summary>
internal sealed class IngesterBinder(Section section, bool routerNeedsNames, bool routerNeedsQueue)
{
    private readonly BindContext _context = section.Context;

    private bool NeedsNames => section.IsEvaluated || routerNeedsNames;

    internal BoundIngester Bind()
    {
        var database = section.Provider("db_type", _context.Known.Databases);
        var serverName = section.Text("server_name", NeedsNames);
        var databaseName = section.Text("database_name", NeedsNames);
        // A router that finds the names beside it leaves the password alone.
        var needsTarget = section.IsEvaluated || (routerNeedsNames && !(serverName.IsWritten && databaseName.IsWritten));
        var target = section.SqlTarget("db_connection_string", needsTarget);
        var server = serverName.Value ?? target?.Server;
        var databaseTitle = databaseName.Value ?? target?.Database;
        var tables = new TablesBinder(section, server, databaseTitle, NeedsNames).Bind();
        var queue = Queue(out var queueName);
        var locks = Locks();
        var checkpoints = Checkpoints();
        var config = new IngesterConfig
        {
            DbType = database?.Type ?? "",
            DbConnectionString = target?.ConnectionString ?? "",
            ServerName = server ?? "",
            DatabaseName = databaseTitle ?? "",
            ReadMode = section.Choice<ReadMode>("read_mode").Value ?? default,
            UpdateImages = section.Choice<UpdateImages>("update_images").Value ?? default,
            Values = section.Choice<ValueFormat>("values").Value ?? default,
            MaxPageBytes = (int)(section.Integer("max_page_bytes").Value ?? 0),
            Queue = queue,
            Locks = locks,
            Checkpoints = checkpoints,
            Tables = tables,
        };
        var hasNames = NeedsNames && server is not null && databaseTitle is not null;
        return new BoundIngester(section.IsEvaluated ? config : null, queueName, hasNames ? [.. tables.Select(t => t.Destination)] : null);
    }

    private QueueConfig Queue(out string? name)
    {
        var queue = section.Block("queue");
        name = queue?.EntityName("name", section.IsEvaluated || routerNeedsQueue);
        var provider = queue?.Provider("type", _context.Known.Queues);
        queue?.CheckDuplicates(provider);
        return new QueueConfig
        {
            Type = provider?.Type ?? "",
            Name = name ?? "",
            ConnectionString = queue?.ConnectionString(provider) ?? "",
            Transport = queue?.Transport(provider) ?? default,
            CreateEntities = queue?.Boolean("create").Value ?? default,
        };
    }

    private LocksConfig Locks()
    {
        var locks = section.Block("locks");
        var provider = locks?.Provider("type", _context.Known.Locks);
        return new LocksConfig
        {
            Type = provider?.Type ?? "",
            ConnectionString = locks?.ConnectionString(provider) ?? "",
            ContainerName = locks?.ContainerName("container_name") ?? "",
            LeaseDuration = locks?.Duration("lease_duration").Value ?? default,
        };
    }

    private CheckpointConfig Checkpoints()
    {
        var defaults = new CheckpointConfig();
        var checkpoints = section.Block("checkpoints");
        return checkpoints is null
            ? defaults
            : new CheckpointConfig
            {
                CreateTable = checkpoints.Boolean("create_table").Value ?? defaults.CreateTable,
                IdleInterval = checkpoints.Duration("idle_interval").Value ?? defaults.IdleInterval,
            };
    }
}
