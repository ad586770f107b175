using DStream.Core;

namespace DStream.InMemory;

/// <content>The state, its lock and its waits; senders and receivers come here.</content>
public sealed partial class InMemoryBroker
{
    // Timers of a TimeProvider take no longer waits than this.
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(30);

    private readonly Lock _lock = new();
    private readonly AsyncSignal _changed = new();
    private readonly Dictionary<string, BrokerEntity> _entities = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, (BrokerEntity Entity, MessageStore Store)> _stores = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Throws what the hook wants thrown.</summary>
    internal void Inject(string operation, string name)
    {
        if (Fault?.Invoke(operation, name) is { } failure) throw failure;
    }

    /// <summary>Changes the state and wakes who waits for it.</summary>
    internal T Change<T>(Func<T> change)
    {
        lock (_lock)
        {
            try
            {
                return change();
            }
            finally
            {
                _changed.Set();
            }
        }
    }

    internal void Store(BrokerEntity entity, OutboundMessage[] messages, string[] ids) => Change(() =>
    {
        if (_entities.GetValueOrDefault(entity.Name) != entity) throw Missing(entity.Name);
        entity.Store(messages, ids);
        return true;
    });

    internal void Renew(ReceiverLock held)
    {
        // A lock that has run out is not brought back: somebody else may have its messages.
        lock (_lock)
        {
            if (!held.IsGone && !held.HasRunOut) held.Renew();
        }
    }

    /// <summary>Tries again whenever the state changes or a lock of the store runs out; null when nothing came in time.</summary>
    internal async ValueTask<T?> WaitForAsync<T>(MessageStore store, Func<T?> attempt, TimeSpan maxWait, CancellationToken cancellationToken)
        where T : class
    {
        var started = Time.GetTimestamp();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Task changed;
            TimeSpan wait;
            lock (_lock)
            {
                if (_stores.GetValueOrDefault(store.Path).Store != store) throw Missing(store.Path);
                if (store.Expire()) _changed.Set();
                if (attempt() is { } result)
                {
                    _changed.Set();
                    return result;
                }

                var rest = maxWait == Timeout.InfiniteTimeSpan ? LongestWait : maxWait - Time.GetElapsedTime(started);
                if (rest <= TimeSpan.Zero) return null;
                wait = Earliest(rest, store.NextExpiry(), LongestWait);
                changed = _changed.Next;
            }

            await AsyncSignal.WaitAsync(changed, wait, Time, cancellationToken);
        }
    }

    private static TimeSpan Earliest(TimeSpan first, TimeSpan second, TimeSpan third) =>
        TimeSpan.FromTicks(Math.Max(1, Math.Min(first.Ticks, Math.Min(second.Ticks, third.Ticks))));

    private T Read<T>(Func<T> read)
    {
        lock (_lock) return read();
    }

    private ValueTask Ensure(string name, Action add, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Inject(InMemoryOperation.Ensure, name);
        Change(() =>
        {
            add();
            return true;
        });
        return ValueTask.CompletedTask;
    }

    private void AddQueue(string queue, bool requiresSession)
    {
        if (GetOrAdd(queue, isTopic: false) is { Stores.Count: 0 } entity) AddStore(entity, queue, requiresSession);
    }

    private BrokerEntity GetOrAdd(string name, bool isTopic)
    {
        if (!_entities.TryGetValue(name, out var entity))
            _entities.Add(name, entity = new BrokerEntity(name, isTopic, new DuplicateWindow(Options.DuplicateWindow, Time)));
        return entity.IsTopic == isTopic
            ? entity
            : throw new ProviderException($"'{name}' exists already as a {(isTopic ? "queue" : "topic")}; choose another name.", isTransient: false);
    }

    private void AddStore(BrokerEntity entity, string path, bool requiresSession)
    {
        var deadLetters = new MessageStore(DeadLetterPath(path), requiresSession: false, Options, Time);
        var store = new MessageStore(path, requiresSession, Options, Time) { DeadLetters = deadLetters };
        entity.Stores.Add(store);
        _stores.Add(store.Path, (entity, store));
        _stores.Add(deadLetters.Path, (entity, deadLetters));
    }

    private (BrokerEntity Entity, MessageStore Store) Find(string path) =>
        _stores.TryGetValue(path, out var found) ? found : throw Missing(path);

    private InMemoryCounts CountsOf(string path)
    {
        var (entity, store) = Find(path);
        return store.Count(entity.Duplicates);
    }

    private string[] NamesOf(bool topics) =>
        [.. _entities.Values.Where(entity => entity.IsTopic == topics).Select(static entity => entity.Name).Order(StringComparer.Ordinal)];

    private static ProviderException Missing(string path) =>
        new($"'{path}' does not exist at the broker; create it, or let DStream create it.", isTransient: false);
}
