using System.Diagnostics.CodeAnalysis;
using Amqp;
using Amqp.Handler;
using DStream.Core;
using Microsoft.Extensions.Logging;

namespace DStream.ServiceBus.Connections;

/// <summary>
/// The one AMQP connection to a broker in a process, opened on first use and again after it was lost: the library does not reconnect. After a
/// failed attempt the next one waits, longer each time, so that no caller's retries become a storm. Thread-safe.
/// </summary>
internal sealed class BrokerConnection(BrokerProfile profile, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _gate = new(1, 1);
    private OpenConnection? _open;
    private TimeSpan _pause;
    private long _failedAt;
    private bool _disposed;

    public BrokerProfile Profile => profile;

    public TimeProvider Time => time;

    public ILogger Logger => logger;

    /// <summary>The open connection; one attempt is made where there is none.</summary>
    /// <exception cref="ProviderException">It could not be opened.</exception>
    public async ValueTask<OpenConnection> GetAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _open) is { IsClosed: false } open) return open;
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_open is { IsClosed: false }) return _open;
            if (_open is not null) await _open.DisposeAsync().ConfigureAwait(false);
            _open = null;
            var rest = _pause == TimeSpan.Zero ? TimeSpan.Zero : _pause - time.GetElapsedTime(_failedAt);
            if (rest > TimeSpan.Zero) await Task.Delay(rest, time, cancellationToken).ConfigureAwait(false);
            var opened = await OpenAsync(cancellationToken).ConfigureAwait(false);
            _pause = TimeSpan.Zero;
            Volatile.Write(ref _open, opened);
            return opened;
        }
        catch (ProviderException)
        {
            _pause = _pause == TimeSpan.Zero ? FirstPause : _pause * 2 < LongestPause ? _pause * 2 : LongestPause;
            _failedAt = time.GetTimestamp();
            throw;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Attaches a link to an entity, with a token for it.</summary>
    public async ValueTask<AttachedLink<TLink>> AttachAsync<TLink>(
        string entity, string action, Func<Session, OnAttached, TLink> create, TimeSpan timeout, CancellationToken cancellationToken)
        where TLink : Link
    {
        var open = await GetAsync(cancellationToken).ConfigureAwait(false);
        var authorization = await open.Authorizer.AuthorizeAsync(entity, cancellationToken).ConfigureAwait(false);
        var link = await LinkAttachment.AttachAsync(
            open.Connection, create, authorization, action, profile.Remediable(entity), timeout, time, cancellationToken).ConfigureAwait(false);
        link.Link.AddClosedCallback((_, error) => Log.LinkClosed(logger, entity, error?.Condition?.ToString() ?? "closed"));
        return link;
    }

    public async ValueTask DisposeAsync()
    {
        await _gate.WaitAsync().ConfigureAwait(false);
        try
        {
            _disposed = true;
            if (_open is not null) await _open.DisposeAsync().ConfigureAwait(false);
            _open = null;
        }
        finally
        {
            _gate.Release();
        }
    }

    private async ValueTask<OpenConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var action = $"Connecting to {profile.Name}";
        var opening = profile.Factory.CreateAsync(profile.Address, SettlementHandler.Instance);
        try
        {
            if (!await Waiting.ForAsync(opening, profile.OperationTimeout, time, cancellationToken).ConfigureAwait(false)) throw ServiceBusErrors.NoAnswer(action);
            var connection = await opening.ConfigureAwait(false);
            var open = new OpenConnection(connection, profile.Authorizer(connection));
            connection.AddClosedCallback((_, error) => OnClosed(open, error?.Condition?.ToString() ?? "closed"));
            Log.Connected(logger, profile.Name);
            return open;
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            _ = DiscardAsync(opening);
            throw ServiceBusErrors.Connecting(e, action, profile.Remediable(profile.Address.Host));
        }
        catch (OperationCanceledException)
        {
            _ = DiscardAsync(opening);
            throw;
        }
    }

    private void OnClosed(OpenConnection open, string reason)
    {
        _ = open.DisposeAsync().AsTask(); // Its tokens need no renewal any more.
        if (!_disposed) Log.ConnectionLost(logger, profile.Name, reason);
    }

    // The library takes no token for the SASL exchange: what opens too late is closed.
    [SuppressMessage("Design", "CA1031", Justification = "The failure was already reported, or nobody waits for it.")]
    private static async Task DiscardAsync(Task<Connection> opening)
    {
        try
        {
            var connection = await opening.ConfigureAwait(false);
            LinkAttachment.Quietly(() => connection.Close(TimeSpan.Zero));
        }
        catch (Exception)
        {
            // Nothing was opened.
        }
    }
}
