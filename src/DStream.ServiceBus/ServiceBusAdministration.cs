using System.Net;
using DStream.Core;
using DStream.ServiceBus.Administration;
using DStream.ServiceBus.Security;
using Microsoft.Extensions.Logging;

namespace DStream.ServiceBus;

/// <summary>
/// Creates queues, topics and subscriptions over the namespace's HTTP interface, which needs Manage rights. What exists is left as it is, and
/// a queue that cannot serve (without sessions or duplicate detection) is refused. Thread-safe.
/// </summary>
public sealed class ServiceBusAdministration : IBrokerAdministration, IDisposable
{
    private readonly ServiceBusOptions _options;
    private readonly ILogger _logger;
    private readonly AtomClient _client;

    /// <summary>Connects to nothing yet.</summary>
    public ServiceBusAdministration(ServiceBusOptions options, TimeProvider time, ILogger<ServiceBusAdministration> logger)
    {
        _options = options;
        _logger = logger;
        _client = new AtomClient(options, TokenSources.For(options, time), time);
    }

    /// <inheritdoc/>
    public async ValueTask EnsureQueueAsync(string queue, CancellationToken cancellationToken)
    {
        if (await CreateAsync("queue", queue, EntityDescription.Queue(_options.ConnectionString.UseDevelopmentEmulator), cancellationToken).ConfigureAwait(false)) return;
        var existing = await GetAsync("queue", queue, cancellationToken).ConfigureAwait(false);
        Require(queue, EntityDescription.Flag(existing, "RequiresSession"), "sessions, by which DStream keeps order");
        Require(queue, EntityDescription.Flag(existing, "RequiresDuplicateDetection"), "duplicate detection, which turns at-least-once into effectively-once");
    }

    /// <inheritdoc/>
    public async ValueTask EnsureTopicAsync(string topic, string subscription, CancellationToken cancellationToken)
    {
        if (!await CreateAsync("topic", topic, EntityDescription.Topic(), cancellationToken).ConfigureAwait(false))
        {
            var existing = await GetAsync("topic", topic, cancellationToken).ConfigureAwait(false);
            if (!EntityDescription.Flag(existing, "RequiresDuplicateDetection")) Log.TopicWithoutDuplicateDetection(_logger, topic);
        }

        await CreateAsync("subscription", $"{topic}/Subscriptions/{subscription}", EntityDescription.Subscription(), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private async ValueTask<bool> CreateAsync(string kind, string path, string description, CancellationToken cancellationToken)
    {
        var (status, answer) = await _client.SendAsync(HttpMethod.Put, path, description, cancellationToken).ConfigureAwait(false);
        if (status is HttpStatusCode.Created or HttpStatusCode.OK)
        {
            Log.Created(_logger, kind, path);
            return true;
        }

        // Another replica may have been first; that is as good.
        return status == HttpStatusCode.Conflict ? false : throw Failure($"Creating {kind} '{path}'", status, answer);
    }

    private async ValueTask<string> GetAsync(string kind, string path, CancellationToken cancellationToken)
    {
        var (status, answer) = await _client.SendAsync(HttpMethod.Get, path, null, cancellationToken).ConfigureAwait(false);
        if (status == HttpStatusCode.OK && EntityDescription.IsEntry(answer)) return answer;
        // A conflict about an entity that is not there: it is being created or deleted right now.
        throw status is HttpStatusCode.OK or HttpStatusCode.NotFound
            ? new ProviderException($"Creating {kind} '{path}' met another operation on it. It is tried again.", isTransient: true)
            : Failure($"Reading {kind} '{path}'", status, answer);
    }

    private static void Require(string queue, bool has, string what)
    {
        if (!has)
        {
            throw new ProviderException(
                $"Queue '{queue}' exists without {what}. It cannot be added to a queue: delete the queue and let DStream create it, or run "
                + $"az servicebus queue create --name {queue} --enable-session true --enable-duplicate-detection true.", isTransient: false);
        }
    }

    private ProviderException Failure(string action, HttpStatusCode status, string answer)
    {
        var detail = EntityDescription.Detail(answer);
        var where = _options.ConnectionString.AdministrationAddress;
        return status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden
            ? new ProviderException(
                $"{action} at {where} was refused ({(int)status}): the credentials are wrong, or do not give the right to. Check the key's name and "
                + "value; if they are right give them Manage rights (Azure Service Bus Data Owner), or set create = false and create the entity "
                + $"beforehand. {detail}", isTransient: false)
            : new ProviderException(
                $"{action} at {where} failed with status {(int)status}. {detail}",
                isTransient: (int)status is 408 or 409 or 429 or >= 500);
    }
}
