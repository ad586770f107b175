using DStream.RabbitMq.Connections;
using RabbitMQ.Client;

namespace DStream.RabbitMq.Receiving;

/// <summary>A message as it lies in a dead-letter queue. The broker's own dead-lettering cannot carry a reason, so that it is sent there.</summary>
internal static class DeadLetter
{
    /// <summary>With all its properties and headers, and the reason.</summary>
    public static Publication Of(string deadLetterQueue, Delivery delivery, string reason, string description)
    {
        var properties = new BasicProperties(delivery.Properties)
        {
            DeliveryMode = DeliveryModes.Persistent,
            Headers = new Dictionary<string, object?>(delivery.Properties.Headers ?? new Dictionary<string, object?>())
            {
                [MessageFormat.DeadLetterReason] = reason,
                [MessageFormat.DeadLetterDescription] = description,
            },
        };

        // A message that says who sent it is refused from anybody else (406), and one that expires would be lost.
        properties.ClearUserId();
        properties.ClearExpiration();
        return new Publication("", deadLetterQueue, properties, delivery.Body);
    }
}
