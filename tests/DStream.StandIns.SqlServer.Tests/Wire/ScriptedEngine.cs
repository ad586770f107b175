using System.Collections.Concurrent;
using DStream.StandIns.SqlServer.Sessions;

namespace DStream.StandIns.SqlServer.Tests.Wire;

/// <summary>An engine that answers what a test tells it to, and remembers what it was asked.</summary>
internal sealed class ScriptedEngine : ISqlEngine
{
    private int _lastSession = 50;

    public ConcurrentQueue<SqlRequest> Requests { get; } = new();
    public ConcurrentQueue<string> Calls { get; } = new();
    public ConcurrentQueue<SqlLogin> Logins { get; } = new();
    public int OpenSessions;

    public Func<ScriptedSession, SqlRequest, IResultSink, CancellationToken, ValueTask> Answer { get; set; } = (_, _, sink, _) =>
    {
        sink.StatementDone(null);
        return ValueTask.CompletedTask;
    };

    public ISqlSession Open(SqlLogin login)
    {
        Logins.Enqueue(login);
        if (login.Database == "nowhere")
            throw new SqlErrorException(new SqlError(4060, 1, 11, "Cannot open database \"nowhere\" requested by the login. The login failed."));
        Interlocked.Increment(ref OpenSessions);
        return new ScriptedSession(this, (short)Interlocked.Increment(ref _lastSession), login.Database);
    }

    /// <summary>Answers without waiting.</summary>
    public void Reply(Action<SqlRequest, IResultSink> answer) => Answer = (_, request, sink, _) =>
    {
        answer(request, sink);
        return ValueTask.CompletedTask;
    };
}
