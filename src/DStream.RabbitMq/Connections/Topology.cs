using DStream.Core;
using RabbitMQ.Client;

namespace DStream.RabbitMq.Connections;

/// <summary>Declares queues and exchanges, each on a channel of its own, since a refusal closes the channel. Thread-safe.</summary>
internal sealed class Topology(SharedConnection connection)
{
    /// <summary>Makes sure of the queue that names the sessions with messages, and of the dead-letter queue.</summary>
    public ValueTask EnsureQueueAsync(string queue, CancellationToken cancellationToken) => DeclareAsync(queue, async channel =>
    {
        await DeclareQueueAsync(channel, EntityNames.DeadLetter(queue), QueueArguments.Plain(), cancellationToken).ConfigureAwait(false);
        await DeclareQueueAsync(channel, queue, QueueArguments.Plain(), cancellationToken).ConfigureAwait(false);
    }, cancellationToken);

    /// <summary>Makes sure of the queue of a session.</summary>
    public ValueTask EnsureSessionAsync(string queue, string session, CancellationToken cancellationToken)
    {
        var name = EntityNames.Session(queue, session);
        return DeclareAsync(name, channel => DeclareQueueAsync(channel, name, QueueArguments.Session(EntityNames.DeadLetter(queue)), cancellationToken), cancellationToken);
    }

    /// <summary>Makes sure of a topic, the queue of a subscription with all of its messages, and that queue's dead-letter queue.</summary>
    public ValueTask EnsureTopicAsync(string topic, string subscription, CancellationToken cancellationToken)
    {
        var queue = EntityNames.Subscription(topic, subscription);
        var deadLetter = EntityNames.DeadLetter(queue);
        return DeclareAsync(topic, async channel =>
        {
            await channel.ExchangeDeclareAsync(topic, ExchangeType.Topic, durable: true, autoDelete: false, cancellationToken: cancellationToken).ConfigureAwait(false);
            await DeclareQueueAsync(channel, deadLetter, QueueArguments.Plain(), cancellationToken).ConfigureAwait(false);
            await DeclareQueueAsync(channel, queue, QueueArguments.Messages(deadLetter), cancellationToken).ConfigureAwait(false);
            await channel.QueueBindAsync(queue, topic, "#", cancellationToken: cancellationToken).ConfigureAwait(false);
        }, cancellationToken);
    }

    /// <summary>Whether an exchange of the name is there: then it is a topic, else it must be a queue.</summary>
    /// <exception cref="ProviderException">There is neither.</exception>
    public async ValueTask<bool> IsTopicAsync(string entity, CancellationToken cancellationToken)
    {
        if (await ExistsAsync(entity, channel => channel.ExchangeDeclarePassiveAsync(entity, cancellationToken), cancellationToken).ConfigureAwait(false)) return true;
        await DeclareAsync(entity, channel => channel.QueueDeclarePassiveAsync(entity, cancellationToken), cancellationToken, "Opening").ConfigureAwait(false);
        return false;
    }

    private static Task<QueueDeclareOk> DeclareQueueAsync(IChannel channel, string name, Dictionary<string, object?> arguments, CancellationToken cancellationToken) =>
        channel.QueueDeclareAsync(name, durable: true, exclusive: false, autoDelete: false, arguments, cancellationToken: cancellationToken);

    private async ValueTask<bool> ExistsAsync(string entity, Func<IChannel, Task> ask, CancellationToken cancellationToken)
    {
        try
        {
            await DeclareAsync(entity, ask, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (ProviderException problem) when (problem.InnerException is { } inner && RabbitMqErrors.Is(inner, RabbitMqErrors.NotFound) && !problem.IsTransient)
        {
            return false;
        }
    }

    private async ValueTask DeclareAsync(string entity, Func<IChannel, Task> declare, CancellationToken cancellationToken, string verb = "Declaring")
    {
        var action = $"{verb} '{entity}'";
        var channel = await connection.OpenChannelAsync(action, null, cancellationToken).ConfigureAwait(false);
        await using (channel.ConfigureAwait(false))
        {
            try
            {
                await declare(channel).ConfigureAwait(false);
            }
            catch (Exception problem) when (RabbitMqErrors.IsBrokers(problem, cancellationToken))
            {
                throw RabbitMqErrors.From(action, problem);
            }
        }
    }
}
