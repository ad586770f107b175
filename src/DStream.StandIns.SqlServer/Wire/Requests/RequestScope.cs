namespace DStream.StandIns.SqlServer.Wire.Requests;

/// <summary>One request from the moment it was read until its last byte was written, and the attention that may meet it.</summary>
internal sealed class RequestScope : IDisposable
{
    private readonly CancellationTokenSource _attention;
    private readonly CancellationTokenSource _engine;
    private readonly Lock _gate = new();
    private bool _closed;
    private bool _ignoring;
    private bool _asked;

    public RequestScope(CancellationToken connectionClosed)
    {
        _attention = CancellationTokenSource.CreateLinkedTokenSource(connectionClosed);
        _engine = CancellationTokenSource.CreateLinkedTokenSource(_attention.Token);
    }

    /// <summary>Cancelled by an attention and by the end of the connection.</summary>
    public CancellationToken Attention => _attention.Token;

    /// <summary>Cancelled by those and by a fault that stops the engine.</summary>
    public CancellationToken Engine => _engine.Token;

    /// <summary>An error of severity 20 or above was told: the connection ends with the response.</summary>
    public bool IsFatal { get; set; }

    public bool AttentionAsked
    {
        get { lock (_gate) return _asked; }
    }

    public bool IsClosed
    {
        get { lock (_gate) return _closed; }
    }

    /// <summary>False where the request is over: then the attention needs an acknowledgement of its own.</summary>
    public bool TakeAttention()
    {
        lock (_gate)
        {
            if (_closed) return false;
            if (_ignoring) return true;
            _asked = true;
            // Inside the lock, so that the scope is not disposed meanwhile; what waits on the token goes on elsewhere.
            _ = _attention.CancelAsync();
        }
        return true;
    }

    public void IgnoreAttention()
    {
        lock (_gate) _ignoring = true;
    }

    public void StopEngine() => _engine.Cancel();

    /// <summary>The response ends now; true where it has to acknowledge an attention.</summary>
    public bool Close()
    {
        lock (_gate)
        {
            _closed = true;
            return _asked;
        }
    }

    public void Dispose()
    {
        Close();
        _engine.Dispose();
        _attention.Dispose();
    }
}
