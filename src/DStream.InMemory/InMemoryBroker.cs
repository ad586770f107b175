using DStream.Core;

namespace DStream.InMemory;

/// <summary>
/// A message broker in this process with the behaviour of Service Bus that DStream relies on: queues with sessions and exclusive session
/// locks, peek-lock with redelivery, dead-letter queues, duplicate detection, topics with subscriptions, size limits. For tests, the sandbox
/// and simulation. Thread-safe; starts no threads; every wait and every expiry goes by the <see cref="TimeProvider"/>.
/// </summary>
/// <remarks>
/// A subscription is received from at <c>topic/Subscriptions/name</c>, a dead-letter queue at <c>path/$DeadLetterQueue</c>. Left out:
/// scheduled and deferred messages, time to live, subscription rules, transactions, session state.
/// </remarks>
public sealed partial class InMemoryBroker : IMessageSenderFactory, IMessageReceiverFactory, IBrokerAdministration
{
    private const string DeadLetterSuffix = "/$DeadLetterQueue";

    /// <summary>An empty broker.</summary>
    /// <param name="time">The clock of locks, windows and waits; null for the system's.</param>
    /// <param name="options">Limits and durations; null for the defaults.</param>
    public InMemoryBroker(TimeProvider? time = null, InMemoryBrokerOptions? options = null)
    {
        Time = time ?? TimeProvider.System;
        Options = options ?? new InMemoryBrokerOptions();
    }

    /// <summary>Injects failures; null for none.</summary>
    public FaultHook? Fault { get; set; }

    /// <summary>The names of all queues, sorted.</summary>
    public IReadOnlyList<string> Queues => Read(() => NamesOf(topics: false));

    /// <summary>The names of all topics, sorted.</summary>
    public IReadOnlyList<string> Topics => Read(() => NamesOf(topics: true));

    internal InMemoryBrokerOptions Options { get; }

    internal TimeProvider Time { get; }

    /// <summary>The path under which a subscription is received from.</summary>
    public static string SubscriptionPath(string topic, string subscription) => $"{topic}/Subscriptions/{subscription}";

    /// <summary>The path under which a queue's or subscription's dead letters are received.</summary>
    public static string DeadLetterPath(string path) => path + DeadLetterSuffix;

    /// <inheritdoc/>
    public ValueTask EnsureQueueAsync(string queue, CancellationToken cancellationToken) =>
        Ensure(queue, () => AddQueue(queue, requiresSession: true), cancellationToken);

    /// <summary>Makes a queue without sessions, if there is none of that name.</summary>
    public ValueTask EnsureQueueWithoutSessionsAsync(string queue, CancellationToken cancellationToken) =>
        Ensure(queue, () => AddQueue(queue, requiresSession: false), cancellationToken);

    /// <inheritdoc/>
    public ValueTask EnsureTopicAsync(string topic, string subscription, CancellationToken cancellationToken) => Ensure(topic, () =>
    {
        var entity = GetOrAdd(topic, isTopic: true);
        var path = SubscriptionPath(topic, subscription);
        if (!_stores.ContainsKey(path)) AddStore(entity, path, requiresSession: false);
    }, cancellationToken);

    /// <summary>Removes a queue or topic with all that it holds; its senders and receivers fail from then on.</summary>
    public bool Delete(string entity) => Change(() =>
    {
        if (!_entities.Remove(entity, out var removed)) return false;
        foreach (var store in removed.Stores)
        {
            _stores.Remove(store.Path);
            _stores.Remove(DeadLetterPath(store.Path));
        }

        return true;
    });

    /// <inheritdoc/>
    public ValueTask<IMessageSender> OpenSenderAsync(string entity, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Inject(InMemoryOperation.OpenSender, entity);
        var found = Read(() => _entities.GetValueOrDefault(entity)) ?? throw Missing(entity);
        return new(new InMemorySender(this, found, Options.Limits));
    }

    /// <inheritdoc/>
    public async ValueTask<IMessageReceiver?> AcceptSessionAsync(string queue, TimeSpan maxWait, CancellationToken cancellationToken)
    {
        Inject(InMemoryOperation.Accept, queue);
        var store = Read(() => Find(queue).Store);
        if (!store.RequiresSession)
            throw new ProviderException($"'{queue}' has no sessions; make it anew with sessions required, which cannot be changed later.", isTransient: false);
        var held = await WaitForAsync(store, store.TryAcceptSession, maxWait, cancellationToken);
        return held is null ? null : new InMemoryReceiver(this, store, held);
    }

    /// <summary>Opens a receiver of a subscription, a dead-letter queue, or a queue without sessions.</summary>
    /// <exception cref="ProviderException">There is nothing at this path, or it is a queue with sessions.</exception>
    public InMemoryReceiver OpenReceiver(string path)
    {
        var (store, held) = Change(() =>
        {
            var found = Find(path).Store;
            return found.RequiresSession
                ? throw new ProviderException($"'{path}' requires sessions: accept a session of it.", isTransient: false)
                : (found, found.NewLock());
        });
        return new InMemoryReceiver(this, store, held);
    }

    /// <summary>Takes a session away from its receiver, whose messages are delivered again; false where nobody had it.</summary>
    public bool BreakSession(string queue, string sessionId) => Change(() => Find(queue).Store.BreakSession(sessionId));

    /// <summary>What lies at a queue, subscription or dead-letter queue now, in order; taken by nobody.</summary>
    public IReadOnlyList<InMemoryMessage> Messages(string path) => Change(() => Find(path).Store.Snapshot());

    /// <summary>What lies in the dead-letter queue of a queue or subscription now, in order.</summary>
    public IReadOnlyList<InMemoryMessage> DeadLetters(string path) => Messages(DeadLetterPath(path));

    /// <summary>How much lies at a queue, subscription or dead-letter queue now.</summary>
    public InMemoryCounts Counts(string path) => Change(() => CountsOf(path));

    /// <summary>Waits until a queue, subscription or dead-letter queue is as wished; looks again whenever it changes.</summary>
    public async Task WaitUntilAsync(string path, Func<InMemoryCounts, bool> condition, CancellationToken cancellationToken)
    {
        var store = Read(() => Find(path).Store);
        await WaitForAsync(store, () => condition(CountsOf(path)) ? store : null, Timeout.InfiniteTimeSpan, cancellationToken);
    }
}
