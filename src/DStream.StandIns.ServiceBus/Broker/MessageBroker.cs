using DStream.StandIns.ServiceBus.Rules;

namespace DStream.StandIns.ServiceBus.Broker;

/// <summary>A namespace: all entities by name. Lives as long as the stand-in, also while it does not listen. Thread-safe.</summary>
public sealed class MessageBroker(TimeProvider time, ServiceBusLimits? limits = null) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, MessageQueue> _queues = new(StringComparer.OrdinalIgnoreCase);
    private readonly SortedDictionary<string, MessageTopic> _topics = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>How much of everything there may be.</summary>
    public ServiceBusLimits Limits { get; } = limits ?? ServiceBusLimits.Service;

    /// <summary>When the namespace was made.</summary>
    public DateTimeOffset CreatedAt { get; } = time.GetUtcNow();

    /// <summary>The queues, by name.</summary>
    public IReadOnlyList<MessageQueue> Queues
    {
        get
        {
            lock (_gate) return [.. _queues.Values];
        }
    }

    /// <summary>The topics, by name.</summary>
    public IReadOnlyList<MessageTopic> Topics
    {
        get
        {
            lock (_gate) return [.. _topics.Values];
        }
    }

    /// <summary>Creates a queue.</summary>
    /// <exception cref="BrokerException">The name is taken or unfit, an option out of its bounds, or there are too many entities.</exception>
    public MessageQueue CreateQueue(string name, QueueOptions? options = null)
    {
        options = Limited(options);
        OptionRules.Check(name, options);
        lock (_gate)
        {
            ThrowIfNoRoomFor(name);
            var queue = new MessageQueue(name, options, time);
            _queues.Add(name, queue);
            return queue;
        }
    }

    /// <summary>Creates a topic.</summary>
    /// <exception cref="BrokerException">The name is taken or unfit, an option out of its bounds, or there are too many entities.</exception>
    public MessageTopic CreateTopic(string name, TopicOptions? options = null)
    {
        options = Limited(options);
        OptionRules.Check(name, options);
        lock (_gate)
        {
            ThrowIfNoRoomFor(name);
            var topic = new MessageTopic(name, options, time);
            _topics.Add(name, topic);
            return topic;
        }
    }

    /// <summary>Creates a subscription, which gets what its rules select of all that is sent to the topic from now on.</summary>
    /// <param name="topic">The topic's name.</param>
    /// <param name="name">The subscription's own name.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="rule">The first rule; null for the one that selects everything.</param>
    /// <exception cref="BrokerException">No such topic, the name is taken or unfit, or an option out of its bounds.</exception>
    public MessageQueue CreateSubscription(string topic, string name, QueueOptions? options = null, SubscriptionRule? rule = null)
    {
        options = Limited(options);
        OptionRules.CheckSubscription(name, options);
        var owner = FindTopic(topic) ?? throw NotFound(topic);
        if (owner.Find(name) is null && owner.Subscriptions.Count >= Limits.SubscriptionsPerTopic)
            throw new BrokerException(BrokerError.QuotaExceeded, $"The topic '{topic}' has {Limits.SubscriptionsPerTopic} subscriptions, which is the most.");

        rule ??= SubscriptionRule.Default;
        ThrowIfTooMany(owner, rule);
        return owner.TryAdd(name, options, rule, out var subscription)
            ? subscription
            : throw new BrokerException(BrokerError.EntityExists, $"The messaging entity '{subscription.Path}' already exists.");
    }

    /// <summary>Adds a rule to a subscription.</summary>
    /// <exception cref="BrokerException">No such subscription, the name is taken, or there are too many rules of its kind.</exception>
    public void CreateRule(string topic, string subscription, SubscriptionRule rule)
    {
        var rules = FindRules(topic, subscription);
        ThrowIfTooMany(FindTopic(topic)!, rule);
        rules.Add(rule);
    }

    /// <summary>The rules of a subscription.</summary>
    /// <exception cref="BrokerException">No such subscription.</exception>
    public SubscriptionRules FindRules(string topic, string subscription) =>
        FindTopic(topic)?.Find(subscription)?.Rules ?? throw NotFound(EntityPath.OfSubscription(topic, subscription));

    /// <summary>Changes what may change of a queue.</summary>
    public MessageQueue UpdateQueue(string name, QueueOptions options)
    {
        options = Limited(options);
        OptionRules.Check(name, options);
        var queue = FindQueue(name) ?? throw NotFound(name);
        OptionRules.CheckChange(queue.Options, options);
        queue.Update(options);
        return queue;
    }

    /// <summary>Changes what may change of a topic.</summary>
    public MessageTopic UpdateTopic(string name, TopicOptions options)
    {
        options = Limited(options);
        OptionRules.Check(name, options);
        var topic = FindTopic(name) ?? throw NotFound(name);
        OptionRules.CheckChange(topic.Options, options);
        topic.Update(options);
        return topic;
    }

    /// <summary>Changes what may change of a subscription.</summary>
    public MessageQueue UpdateSubscription(string topic, string name, QueueOptions options)
    {
        options = Limited(options);
        OptionRules.CheckSubscription(name, options);
        var subscription = (FindTopic(topic) ?? throw NotFound(topic)).Find(name)?.Queue ?? throw NotFound(EntityPath.OfSubscription(topic, name));
        OptionRules.CheckChange(subscription.Options, options);
        subscription.Update(options);
        return subscription;
    }

    /// <summary>Deletes a queue or a topic with its messages; its links end.</summary>
    public void Delete(string name)
    {
        MessageQueue? queue;
        MessageTopic? topic = null;
        lock (_gate)
        {
            if (!_queues.Remove(name, out queue) && !_topics.Remove(name, out topic)) throw NotFound(name);
        }

        queue?.Delete();
        topic?.Delete();
    }

    /// <summary>Deletes a subscription with its messages; its links end.</summary>
    public void DeleteSubscription(string topic, string name)
    {
        if (FindTopic(topic)?.TryRemove(name) != true) throw NotFound(EntityPath.OfSubscription(topic, name));
    }

    /// <summary>The queue of that name, or null.</summary>
    public MessageQueue? FindQueue(string name)
    {
        lock (_gate) return _queues.GetValueOrDefault(name);
    }

    /// <summary>The topic of that name, or null.</summary>
    public MessageTopic? FindTopic(string name)
    {
        lock (_gate) return _topics.GetValueOrDefault(name);
    }

    /// <summary>What can be received from under that address: a queue, a subscription, or the dead-letter queue of either.</summary>
    public MessageQueue? FindSource(string path)
    {
        if (EntityPath.WithoutDeadLetter(path) is { } owner) return FindSource(owner)?.DeadLetter;

        return EntityPath.TrySplitSubscription(path, out var topic, out var subscription)
            ? FindTopic(topic)?.Find(subscription)?.Queue
            : FindQueue(path);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var queue in Queues) queue.Dispose();
        foreach (var topic in Topics) topic.Dispose();
    }

    internal static BrokerException NotFound(string path) =>
        new(BrokerError.EntityNotFound, $"The messaging entity '{path}' could not be found.");

    private void ThrowIfNoRoomFor(string name)
    {
        if (_queues.ContainsKey(name) || _topics.ContainsKey(name))
            throw new BrokerException(BrokerError.EntityExists, $"The messaging entity '{name}' already exists.");

        if (_queues.Count + _topics.Count >= Limits.Entities)
            throw new BrokerException(BrokerError.QuotaExceeded, $"The namespace has {Limits.Entities} queues and topics, which is the most.");
    }

    private void ThrowIfTooMany(MessageTopic topic, SubscriptionRule rule)
    {
        var limit = rule.Filter switch
        {
            SqlFilter => Limits.SqlFiltersPerTopic,
            CorrelationFilter => Limits.CorrelationFiltersPerTopic,
            _ => int.MaxValue,
        };
        var kind = rule.Filter.GetType();
        if (limit < int.MaxValue && topic.All().Sum(subscription => subscription.Rules.All.Count(other => other.Filter.GetType() == kind)) >= limit)
            throw new BrokerException(BrokerError.QuotaExceeded, $"The topic '{topic.Path}' has {limit} rules with a {kind.Name}, which is the most.");
    }

    private QueueOptions Limited(QueueOptions? options)
    {
        options ??= new QueueOptions();
        return options with
        {
            MaxSizeInMegabytes = Math.Min(options.MaxSizeInMegabytes, Limits.EntityMegabytes),
            DefaultMessageTimeToLive = options.DefaultMessageTimeToLive < Limits.TimeToLive ? options.DefaultMessageTimeToLive : Limits.TimeToLive,
        };
    }

    private TopicOptions Limited(TopicOptions? options)
    {
        options ??= new TopicOptions();
        return options with
        {
            MaxSizeInMegabytes = Math.Min(options.MaxSizeInMegabytes, Limits.EntityMegabytes),
            DefaultMessageTimeToLive = options.DefaultMessageTimeToLive < Limits.TimeToLive ? options.DefaultMessageTimeToLive : Limits.TimeToLive,
        };
    }
}
