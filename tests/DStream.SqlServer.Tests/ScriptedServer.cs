using System.Text;
using DStream.Core;
using DStream.StandIns.SqlServer;
using DStream.StandIns.SqlServer.Types;
using Microsoft.Extensions.Logging.Abstractions;

namespace DStream.SqlServer.Tests;

/// <summary>A <see cref="ScriptedEngine"/> behind a listener, and a source that reads it with the real client.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    public static readonly Lsn One = Lsn.Parse("00000000000000000001");

    private ScriptedServer(ScriptedEngine engine, SqlServerListener listener) => (Engine, Listener) = (engine, listener);

    public ScriptedEngine Engine { get; }

    public SqlServerListener Listener { get; }

    public static async Task<ScriptedServer> StartAsync(ScriptedEngine engine, SqlServerListenerOptions? options = null)
    {
        var listener = new SqlServerListener(engine, TimeProvider.System, options ?? new SqlServerListenerOptions());
        await listener.StartAsync(TestContext.Current.CancellationToken);
        return new ScriptedServer(engine, listener);
    }

    /// <summary>Reads one row of one column, and returns its JSON value.</summary>
    public static async Task<string> ReadValueAsync(SqlType type, object? value, ValueFormat format, bool isNullable = true)
    {
        await using var server = await StartAsync(new ScriptedEngine([new SqlColumn("c", type, isNullable)], [new ScriptedRow(2, [1], value)]));
        var data = (await server.ReadAsync(new TableReadOptions { ValueFormat = format })).Single().Data;
        Assert.StartsWith("{\"c\":", data, StringComparison.Ordinal);
        return data[5..^1];
    }

    public SqlServerChangeSource Source(TableReadOptions options, string more = ";Pooling=false", TimeSpan? timeout = null) => new(
        new SqlServerSourceOptions
        {
            ConnectionString = Listener.ConnectionString("TestDB", "reader", "hunter2") + more, Tables = options, CommandTimeout = timeout ?? TimeSpan.FromMinutes(1),
        },
        TimeProvider.System, NullLogger<SqlServerChangeSource>.Instance);

    public async Task<List<(ChangeEvent Event, string Data)>> ReadAsync(TableReadOptions options)
    {
        var stop = TestContext.Current.CancellationToken;
        await using var source = Source(options);
        await using var reader = await source.OpenAsync(new TableName("dbo", "t"), stop);
        using var page = await reader.ReadAsync(ChangePosition.Before(One), One, new PageLimits(1000, int.MaxValue), stop);
        return [.. page.Events.ToArray().Select(change => (change, Encoding.UTF8.GetString(change.Data.Span)))];
    }

    public ValueTask DisposeAsync() => Listener.DisposeAsync();
}
