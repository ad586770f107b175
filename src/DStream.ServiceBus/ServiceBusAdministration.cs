using DStream.Core;
using DStream.ServiceBus.Administration;
using Microsoft.Extensions.Logging;

namespace DStream.ServiceBus;

/// <summary>
/// Creates queues, topics and subscriptions over the namespace's HTTP interface, which needs Manage rights. What exists is left as it is, and
/// a queue that cannot serve (without sessions or duplicate detection) is refused. Thread-safe.
/// </summary>
public sealed class ServiceBusAdministration : IBrokerAdministration, IDisposable
{
    private const string ApiVersion = "2021-05";

    private readonly bool _isEmulator;
    private readonly ILogger _logger;
    private readonly EntityCreation _creation;

    /// <summary>Connects to nothing yet.</summary>
    public ServiceBusAdministration(ServiceBusOptions options, TimeProvider time, ILogger<ServiceBusAdministration> logger)
    {
        _isEmulator = options.ConnectionString.UseDevelopmentEmulator;
        _logger = logger;
        _creation = new EntityCreation(options, ApiVersion, "Azure Service Bus Data Owner", time, logger);
    }

    /// <inheritdoc/>
    public async ValueTask EnsureQueueAsync(string queue, CancellationToken cancellationToken)
    {
        if (await _creation.CreateAsync("queue", queue, EntityDescription.Queue(_isEmulator), cancellationToken).ConfigureAwait(false)) return;
        var existing = await _creation.GetAsync("queue", queue, cancellationToken).ConfigureAwait(false);
        Require(queue, EntityDescription.Flag(existing, "RequiresSession"), "sessions, by which DStream keeps order");
        Require(queue, EntityDescription.Flag(existing, "RequiresDuplicateDetection"), "duplicate detection, which turns at-least-once into effectively-once");
    }

    /// <inheritdoc/>
    public async ValueTask EnsureTopicAsync(string topic, string subscription, CancellationToken cancellationToken)
    {
        if (!await _creation.CreateAsync("topic", topic, EntityDescription.Topic(), cancellationToken).ConfigureAwait(false))
        {
            var existing = await _creation.GetAsync("topic", topic, cancellationToken).ConfigureAwait(false);
            if (!EntityDescription.Flag(existing, "RequiresDuplicateDetection")) Log.TopicWithoutDuplicateDetection(_logger, topic);
        }

        await _creation.CreateAsync("subscription", $"{topic}/Subscriptions/{subscription}", EntityDescription.Subscription(), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose() => _creation.Dispose();

    private static void Require(string queue, bool has, string what)
    {
        if (!has)
        {
            throw new ProviderException(
                $"Queue '{queue}' exists without {what}. It cannot be added to a queue: delete the queue and let DStream create it, or run "
                + $"az servicebus queue create --name {queue} --enable-session true --enable-duplicate-detection true.", isTransient: false);
        }
    }
}
