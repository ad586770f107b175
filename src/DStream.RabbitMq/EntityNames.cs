using System.Text;
using DStream.Core;

namespace DStream.RabbitMq;

/// <summary>The names of what belongs to a queue or a topic; docs/adr/0004-rabbitmq.md says what each is for.</summary>
internal static class EntityNames
{
    // A short string of AMQP 0-9-1: https://www.rabbitmq.com/docs/queues#names.
    private const int MaxBytes = 255;

    /// <summary>The queue with the messages of one session.</summary>
    public static string Session(string queue, string session) => Checked($"{queue}/{session}");

    /// <summary>The queue of a topic's subscription.</summary>
    public static string Subscription(string topic, string subscription) => Checked($"{topic}/{subscription}");

    /// <summary>Where dead letters of a queue or of a subscription's queue lie.</summary>
    public static string DeadLetter(string queue) => Checked($"{queue}.dead-letter");

    private static string Checked(string name) => Encoding.UTF8.GetByteCount(name) <= MaxBytes ? name : throw new ProviderException(
        $"RabbitMQ takes names of up to {MaxBytes} bytes, and '{name}' is longer. Shorten the queue's name, or that of server or database.", isTransient: false);
}
