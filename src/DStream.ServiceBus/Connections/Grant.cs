namespace DStream.ServiceBus.Connections;

/// <summary>A token that the broker holds for one audience, and how many links need it. Changed under the authorizer's gate.</summary>
internal sealed class Grant(string audience)
{
    private int _users;

    public string Audience => audience;

    public DateTimeOffset ExpiresOn { get; private set; }

    public DateTimeOffset RenewAt { get; private set; }

    public bool Failed { get; set; }

    public bool IsUsed => Volatile.Read(ref _users) > 0;

    public void Renewed(DateTimeOffset expiresOn, DateTimeOffset renewAt)
    {
        ExpiresOn = expiresOn;
        RenewAt = renewAt;
        Failed = false;
    }

    public IDisposable Use()
    {
        Interlocked.Increment(ref _users);
        return new User(this);
    }

    private sealed class User(Grant grant) : IDisposable
    {
        private Grant? _grant = grant;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _grant, null) is { } used) Interlocked.Decrement(ref used._users);
        }
    }
}
