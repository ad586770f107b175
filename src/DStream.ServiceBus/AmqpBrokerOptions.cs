using System.Net.Security;

namespace DStream.ServiceBus;

/// <summary>How to reach a plain AMQP 1.0 broker, and the bounds of what is done there.</summary>
public sealed record AmqpBrokerOptions
{
    /// <summary>Where the broker is, with user and password.</summary>
    public required AmqpConnectionString ConnectionString { get; init; }

    /// <summary>How the broker calls an entity: <c>{destination}</c> stands for its name. RabbitMQ calls a queue <c>/queue/{destination}</c>.</summary>
    public string Address { get; init; } = "{destination}";

    /// <inheritdoc cref="ServiceBusOptions.OperationTimeout"/>
    public TimeSpan OperationTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <inheritdoc cref="ServiceBusOptions.Prefetch"/>
    public int Prefetch { get; init; } = 500;

    /// <inheritdoc cref="ServiceBusOptions.PrefetchBytes"/>
    public int PrefetchBytes { get; init; } = 4 * 1024 * 1024;

    /// <inheritdoc cref="ServiceBusOptions.ServerCertificateCheck"/>
    internal RemoteCertificateValidationCallback? ServerCertificateCheck { get; init; }

    // I8: no member may show the password, whatever is added here.
    /// <inheritdoc/>
    public override string ToString() => $"AmqpBrokerOptions {{ {ConnectionString}, Address = {Address} }}";
}
