namespace DStream.StandIns.ServiceBus.Broker;

/// <summary>A namespace: all entities by name. Lives as long as the stand-in, also while it does not listen. Thread-safe.</summary>
public sealed class MessageBroker(TimeProvider time) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, MessageQueue> _queues = new(StringComparer.OrdinalIgnoreCase);
    private readonly SortedDictionary<string, MessageTopic> _topics = new(StringComparer.OrdinalIgnoreCase);

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
    /// <exception cref="BrokerException">The name is taken or unfit, or an option out of its bounds.</exception>
    public MessageQueue CreateQueue(string name, QueueOptions? options = null)
    {
        options ??= new QueueOptions();
        OptionRules.Check(name, options);
        lock (_gate)
        {
            ThrowIfTaken(name);
            var queue = new MessageQueue(name, options, time);
            _queues.Add(name, queue);
            return queue;
        }
    }

    /// <summary>Creates a topic.</summary>
    /// <exception cref="BrokerException">The name is taken or unfit, or an option out of its bounds.</exception>
    public MessageTopic CreateTopic(string name, TopicOptions? options = null)
    {
        options ??= new TopicOptions();
        OptionRules.Check(name, options);
        lock (_gate)
        {
            ThrowIfTaken(name);
            var topic = new MessageTopic(name, options, time);
            _topics.Add(name, topic);
            return topic;
        }
    }

    /// <summary>Creates a subscription, which gets every message sent to the topic from now on.</summary>
    /// <exception cref="BrokerException">No such topic, the name is taken or unfit, or an option out of its bounds.</exception>
    public MessageQueue CreateSubscription(string topic, string name, QueueOptions? options = null)
    {
        options ??= new QueueOptions();
        OptionRules.CheckSubscription(name, options);
        var owner = FindTopic(topic) ?? throw NotFound(topic);
        return owner.TryAdd(name, options, out var subscription)
            ? subscription
            : throw new BrokerException(BrokerError.EntityExists, $"The messaging entity '{subscription.Path}' already exists.");
    }

    /// <summary>Changes what may change of a queue.</summary>
    public MessageQueue UpdateQueue(string name, QueueOptions options)
    {
        OptionRules.Check(name, options);
        var queue = FindQueue(name) ?? throw NotFound(name);
        OptionRules.CheckChange(queue.Options, options);
        queue.Update(options);
        return queue;
    }

    /// <summary>Changes what may change of a topic.</summary>
    public MessageTopic UpdateTopic(string name, TopicOptions options)
    {
        OptionRules.Check(name, options);
        var topic = FindTopic(name) ?? throw NotFound(name);
        OptionRules.CheckChange(topic.Options, options);
        topic.Update(options);
        return topic;
    }

    /// <summary>Changes what may change of a subscription.</summary>
    public MessageQueue UpdateSubscription(string topic, string name, QueueOptions options)
    {
        OptionRules.CheckSubscription(name, options);
        var subscription = (FindTopic(topic) ?? throw NotFound(topic)).Find(name) ?? throw NotFound(EntityPath.OfSubscription(topic, name));
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
            ? FindTopic(topic)?.Find(subscription)
            : FindQueue(path);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var queue in Queues) queue.Dispose();
        foreach (var subscription in Topics.SelectMany(static t => t.Subscriptions.Values)) subscription.Dispose();
    }

    internal static BrokerException NotFound(string path) =>
        new(BrokerError.EntityNotFound, $"The messaging entity '{path}' could not be found.");

    private void ThrowIfTaken(string name)
    {
        if (_queues.ContainsKey(name) || _topics.ContainsKey(name))
            throw new BrokerException(BrokerError.EntityExists, $"The messaging entity '{name}' already exists.");
    }
}
