using static DStream.Configuration.Schema.KeyType;

namespace DStream.Configuration.Schema;

/// <summary>Every block and key of a configuration file.</summary>
internal static class ConfigSchema
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly string[] ReadModes = ["auto", "function", "change_table"];
    private static readonly string[] Transports = ["amqp", "amqp_websockets"];
    private static readonly string[] Images = ["after", "both"];

    internal static readonly TimeSpan DefaultMaxPollInterval = TimeSpan.FromMinutes(2);

    internal static BlockSchema File { get; } = new("file", [], [Ingester(), Router()]);

    private static readonly HashSet<string> AllNames = [.. Names(File)];

    /// <summary>Whether any block has a key or block of this name.</summary>
    internal static bool IsName(string name) => AllNames.Contains(name);

    private static IEnumerable<string> Names(BlockSchema block) =>
        [.. block.Keys.Select(k => k.Name), .. block.Blocks.SelectMany(b => (string[])[b.Name, .. b.Aliases, .. Names(b)])];

    private static BlockSchema Ingester() => new(
        "ingester",
        [
            new("db_type", KeyType.String) { Default = "sqlserver" },
            new("db_connection_string", KeyType.String) { IsRequired = true },
            new("server_name", KeyType.String),
            new("database_name", KeyType.String),
            new("read_mode", KeyType.String) { Default = "auto", Choices = ReadModes },
            new("update_images", KeyType.String) { Default = "after", Choices = Images },
            new("values", KeyType.String) { Default = "typed", Choices = ["typed", "string"] },
            new("max_page_bytes", Integer) { Default = (long)IngesterConfig.DefaultMaxPageBytes, Min = 65_536L, Max = 67_108_864L },
            new("tables", StringList) { IsRequired = true },
        ],
        [
            new("poll_interval_defaults", PollIntervals(TimeSpan.FromSeconds(5), DefaultMaxPollInterval), []),
            new("queue", [.. Queue("ingest-queue"), Duplicates()], []) { IsRequired = true },
            Locks(),
            new(
                "checkpoints",
                [
                    new("create_table", KeyType.Boolean) { Default = true },
                    Span("idle_interval", TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(1), Day),
                ],
                []),
            new("tables_overrides", [], [Overrides()]),
        ]);

    private static BlockSchema Locks() => new(
        "locks",
        [
            new("type", KeyType.String) { IsRequired = true },
            new("connection_string", KeyType.String),
            new("container_name", KeyType.String) { Default = "locks" },
            Span("lease_duration", TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(60)),
        ],
        []) { IsRequired = true };

    private static BlockSchema Overrides() => new(
        "overrides",
        [
            new("table_name", KeyType.String) { IsRequired = true },
            .. PollIntervals(null, null),
            new("read_mode", KeyType.String) { Choices = ReadModes },
            new("update_images", KeyType.String) { Choices = Images },
        ],
        []) { MayRepeat = true };

    private static BlockSchema Router() => new(
        "router",
        [
            new("destinations", StringList),
            new("sessions", Integer) { Default = (long)RouterConfig.DefaultSessions, Min = 1L, Max = 1_000L },
        ],
        [
            new("source", Queue(null), []) { IsRequired = true },
            new(
                "output",
                [
                    new("type", KeyType.String) { IsRequired = true },
                    new("connection_string", KeyType.String),
                    new("transport", KeyType.String) { Default = "amqp", Choices = Transports },
                    new("address", KeyType.String) { Default = OutputConfig.DefaultAddress },
                    new("subscription", KeyType.String) { Default = "sub1" },
                    new("create", KeyType.Boolean) { Default = true },
                    Duplicates(),
                ],
                []) { IsRequired = true },
        ]) { Aliases = ["publisher"] };

    private static KeySchema[] Queue(string? defaultName) =>
    [
        new("type", KeyType.String) { IsRequired = true },
        new("name", KeyType.String) { Default = defaultName },
        new("connection_string", KeyType.String),
        new("transport", KeyType.String) { Default = "amqp", Choices = Transports },
        new("create", KeyType.Boolean) { Default = true },
    ];

    private static KeySchema Duplicates() => new("duplicates", KeyType.String) { Default = "detect", Choices = ["detect", "accept"] };

    private static KeySchema[] PollIntervals(TimeSpan? poll, TimeSpan? max) =>
    [
        Span("poll_interval", poll, TimeSpan.FromMilliseconds(1), Day),
        Span("max_poll_interval", max, TimeSpan.FromMilliseconds(1), Day),
    ];

    private static KeySchema Span(string name, TimeSpan? fallback, TimeSpan min, TimeSpan max) =>
        new(name, Duration) { Default = fallback, Min = min, Max = max };
}
