using System.Text;
using System.Text.Json;
using DStream.Configuration;
using DStream.Core;
using DStream.Hosting;
using DStream.InMemory;
using DStream.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace DStream.Ingester.Tests;

/// <summary>A database, an ingest queue, leases and checkpoints in memory, which outlive the ingesters that are started on them.</summary>
internal sealed class IngestRig : IAsyncDisposable
{
    public const string Queue = "ingest";

    private readonly List<RunningIngester> _running = [];
    private readonly Dictionary<TableName, List<string>> _committed = [];
    private int _next;

    public IngestRig(TimeProvider? time = null, InMemoryBrokerOptions? options = null, TimeSpan? leaseDuration = null)
    {
        Time = time ?? TimeProvider.System;
        Broker = new InMemoryBroker(Time, options);
        Leases = new InMemoryLeaseProvider(Time, leaseDuration);
        Source = new InMemoryChangeSource(Time);
        Senders = new InterceptedSenders(Broker);
        Administration = Broker;
    }

    public TimeProvider Time { get; }

    public InMemoryBroker Broker { get; }

    public InterceptedSenders Senders { get; }

    public IBrokerAdministration Administration { get; set; }

    public InMemoryLeaseProvider Leases { get; }

    public InMemoryCheckpointStore Checkpoints { get; } = new();

    public InMemoryChangeSource Source { get; }

    public TimeSpan Poll { get; init; } = TimeSpan.FromMilliseconds(5);

    public TimeSpan MaxPoll { get; init; } = TimeSpan.FromMilliseconds(20);

    public TimeSpan IdleInterval { get; init; } = TimeSpan.FromMinutes(1);

    public int PageBytes { get; init; } = 4096;

    public static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TableName Table(string name) => new("dbo", name);

    public static SourceTable Key(string name) => new("server", "db", Table(name));

    public static string Lease(string name) => Key(name).ToString().ToLowerInvariant();

    public static string Destination(string name) => $"server.db.{name.ToLowerInvariant()}.events";

    public void AddTables(params ReadOnlySpan<string> names)
    {
        foreach (var name in names) Source.AddTable(Table(name), ["ID", "Note"], ["ID"]);
    }

    /// <summary>Commits that many inserts, in transactions of that many rows each.</summary>
    public void Insert(string table, int rows, int rowsEach = 1, string note = "")
    {
        for (var done = 0; done < rows; done += rowsEach)
            Commit([.. Enumerable.Range(0, Math.Min(rowsEach, rows - done)).Select(_ => Row(table, ChangeOperation.Insert, note))]);
    }

    public InMemoryChange Row(string table, ChangeOperation operation, string note = "") =>
        new(Table(table), operation, $$"""{"ID":{{Interlocked.Increment(ref _next)}},"Note":"{{note}}"}""");

    public Lsn Commit(params InMemoryChange[] changes)
    {
        foreach (var change in changes)
        {
            if (change.Operation == ChangeOperation.UpdateBefore && Source.UpdateImages != UpdateImages.Both) continue;
            if (!_committed.TryGetValue(change.Table, out var rows)) _committed.Add(change.Table, rows = []);
            rows.Add(Encoding.UTF8.GetString(change.Data.Span));
        }

        return Source.Commit(changes);
    }

    /// <summary>The rows of the messages in the queue that go to the table's topic, in the queue's order.</summary>
    public IReadOnlyList<string> Delivered(string table) => [.. Messages(table).Select(static message => DataOf(message.Body))];

    public IReadOnlyList<InMemoryMessage> Messages(string table) =>
        [.. Broker.Messages(Queue).Where(message => message.Message.Headers!.Destination == Destination(table))];

    public IReadOnlyList<string> Committed(string table) => _committed.GetValueOrDefault(Table(table)) ?? [];

    /// <summary>Everything committed was delivered, each change once and in order.</summary>
    public void AssertExact(params ReadOnlySpan<string> tables)
    {
        foreach (var table in tables) Assert.Equal(Committed(table), Delivered(table));
    }

    public Task DeliveredAsync(params string[] tables) => Eventually.HoldsAsync(
        () => tables.All(table => Delivered(table).Count >= Committed(table).Count), $"the changes of {string.Join(", ", tables)} in the queue");

    public ChangePosition? Saved(string table) => Checkpoints.Find(Key(table))?.Position;

    public Task<RunningIngester> StartAsync(params string[] tables) => StartAsync(Senders, tables);

    /// <summary>Starts an ingester with senders of its own, so that its sends can be told from those of others.</summary>
    public async Task<RunningIngester> StartAsync(InterceptedSenders senders, params string[] tables)
    {
        var running = Build(senders, tables);
        await running.StartAsync();
        return running;
    }

    public RunningIngester Build(InterceptedSenders senders, params string[] tables)
    {
        var running = new RunningIngester(HostProgram.Build(services => AddTo(services, Config(tables), senders)));
        _running.Add(running);
        return running;
    }

    private IngesterConfig Config(string[] tables) => new()
    {
        DbType = "memory",
        DbConnectionString = "",
        ServerName = "server",
        DatabaseName = "db",
        MaxPageBytes = PageBytes,
        Queue = new QueueConfig { Type = "memory", Name = Queue },
        Locks = new LocksConfig { Type = "memory", LeaseDuration = Leases.Duration },
        Checkpoints = new CheckpointConfig { IdleInterval = IdleInterval },
        Tables =
        [
            .. tables.Select(name => new TableConfig
            {
                Name = Table(name), PollInterval = Poll, MaxPollInterval = MaxPoll, Destination = Destination(name),
            }),
        ],
    };

    private void AddTo(IServiceCollection services, IngesterConfig config, InterceptedSenders senders)
    {
        services.AddSingleton(Time);
        services.AddIngester(config);
        services.AddSingleton<IChangeSource>(Source);
        services.AddSingleton<ICheckpointStore>(Checkpoints);
        services.AddSingleton<ILeaseProvider>(Leases);
        services.AddSingleton(_ => new IngestQueue(senders, Administration, Queue));
    }

    public async ValueTask DisposeAsync()
    {
        Senders.Sending = Senders.Sent = null;
        Broker.Fault = Leases.Fault = Checkpoints.Fault = Source.Fault = null;
        foreach (var running in _running) await running.DisposeAsync();
    }

    private static string DataOf(string body)
    {
        using var message = JsonDocument.Parse(body);
        return message.RootElement.GetProperty("data").GetRawText();
    }
}
