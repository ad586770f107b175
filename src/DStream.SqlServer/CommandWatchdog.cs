using Microsoft.Data.SqlClient;

namespace DStream.SqlServer;

/// <summary>
/// Bounds the work on one connection by the caller's token and by a deadline. First it cancels as the client does, with an attention that
/// leaves the connection usable; where the server does not answer it takes the connection away.
/// </summary>
/// <remarks>
/// Against a silent server the client waits for the answer to its attention for ever, CommandTimeout or not (TDS-FACTS). The connection's
/// Dispose frees an awaited call at once. The pool is cleared first, so that a connection torn from under its reader is never handed out
/// again. A getter that waits inside of a row does not notice even that until CommandTimeout: hence <see cref="GivenUp"/>.
/// </remarks>
internal sealed class CommandWatchdog : IDisposable
{
    private static readonly TimeSpan AttentionGrace = TimeSpan.FromSeconds(1);

    private readonly SqlConnection _connection;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _deadline;
    private readonly CancellationTokenSource _either;
    private readonly CancellationTokenSource _givenUp = new();
    private readonly CancellationTokenRegistration _registration;
    private readonly Lock _lock = new();
    private ITimer? _grace;
    private bool _disposed;

    public CommandWatchdog(SqlConnection connection, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        _connection = connection;
        _time = time;
        _deadline = new CancellationTokenSource(limit, time);
        _either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _deadline.Token);
        Token = _either.Token;
        GivenUp = _givenUp.Token;
        _registration = Token.UnsafeRegister(static state => ((CommandWatchdog)state!).StartGrace(), this);
    }

    /// <summary>Cancelled by the caller or by the deadline.</summary>
    public CancellationToken Token { get; }

    /// <summary>Cancelled when the connection is taken away: whoever waits for the work should wait no longer.</summary>
    public CancellationToken GivenUp { get; }

    /// <summary>Whether the deadline has passed.</summary>
    public bool DeadlinePassed => _deadline.IsCancellationRequested;

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _grace?.Dispose();
        }

        _registration.Dispose();
        _either.Dispose();
        _deadline.Dispose();
    }

    private void StartGrace()
    {
        lock (_lock)
        {
            if (!_disposed) _grace = _time.CreateTimer(static state => ((CommandWatchdog)state!).TakeAway(), this, AttentionGrace, Timeout.InfiniteTimeSpan);
        }
    }

    private void TakeAway()
    {
        lock (_lock)
        {
            if (_disposed) return;
        }

        _givenUp.Cancel();
        SqlConnection.ClearPool(_connection);
        _connection.Dispose();
    }
}
