using DStream.StandIns.SqlServer.Cdc;
using DStream.StandIns.SqlServer.Engine;
using DStream.StandIns.SqlServer.Sessions;
using DStream.StandIns.SqlServer.Types;
using Microsoft.Extensions.Time.Testing;

namespace DStream.StandIns.SqlServer.Tests.Engine;

/// <summary>An engine with a database, a clock that stands still, and a session to send it statements.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    public const string Database = "TestDB";

    public TestServer(CaptureSchedule? capture = null)
    {
        Time = new FakeTimeProvider(new DateTimeOffset(2025, 3, 1, 12, 0, 0, TimeSpan.Zero));
        Engine = new SqlServerEngine(Time, new SqlServerEngineOptions { Capture = capture ?? CaptureSchedule.AtCommit, Seed = 1 });
        Engine.CreateDatabase(Database);
        Session = Open();
    }

    public FakeTimeProvider Time { get; }

    public SqlServerEngine Engine { get; }

    public ISqlSession Session { get; }

    public ISqlSession Open() => Engine.Open(new SqlLogin("sa", "", Database, "tests", "here", 8000));

    /// <summary>Runs a batch and returns all of it, errors included.</summary>
    public async Task<CollectingSink> TryAsync(string sql, ISqlSession? session = null, params SqlParameter[] parameters)
    {
        var sink = new CollectingSink();
        await (session ?? Session).ExecuteAsync(new SqlRequest(sql, null, parameters), sink, TestContext.Current.CancellationToken);
        return sink;
    }

    /// <summary>Runs a batch that must not fail.</summary>
    public async Task<CollectingSink> RunAsync(string sql, ISqlSession? session = null, params SqlParameter[] parameters)
    {
        var sink = await TryAsync(sql, session, parameters);
        Assert.Empty(sink.Errors.Select(e => $"{e.Number}: {e.Message}"));
        return sink;
    }

    public async Task<List<object?[]>> RowsAsync(string sql, params SqlParameter[] parameters) => (await RunAsync(sql, null, parameters)).Results[^1].Rows;

    public async Task<object?> ValueAsync(string sql, params SqlParameter[] parameters) => (await RowsAsync(sql, parameters))[0][0];

    /// <summary>The number of the first error.</summary>
    public async Task<int> ErrorAsync(string sql, params SqlParameter[] parameters) => (await TryAsync(sql, null, parameters)).Errors.First().Number;

    public static SqlParameter Parameter(string name, SqlKind kind, object? value, int maxLength = 0) => new(name, new SqlType(kind, maxLength), value);

    public async ValueTask DisposeAsync() => await Session.DisposeAsync();
}
