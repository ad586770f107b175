using System.Net;
using DStream.Core;
using Microsoft.Extensions.Logging;

namespace DStream.ServiceBus.Administration;

/// <summary>Creates and reads entities over a namespace's HTTP interface, and tells what failed. Thread-safe.</summary>
/// <param name="options">Where.</param>
/// <param name="apiVersion">The interface's version.</param>
/// <param name="role">The Entra role that may create, for the remedy.</param>
/// <param name="time">Clock of the timeouts.</param>
/// <param name="logger">Told what was created.</param>
internal sealed class EntityCreation(ServiceBusOptions options, string apiVersion, string role, TimeProvider time, ILogger logger) : IDisposable
{
    private readonly AtomClient _client = new(options, apiVersion, time);

    /// <summary>Creates an entity; false where it is there already.</summary>
    public async ValueTask<bool> CreateAsync(string kind, string path, string description, CancellationToken cancellationToken)
    {
        var (status, answer) = await _client.SendAsync(HttpMethod.Put, path, description, cancellationToken).ConfigureAwait(false);
        if (status is HttpStatusCode.Created or HttpStatusCode.OK)
        {
            Log.Created(logger, kind, path);
            return true;
        }

        // Another replica may have been first; that is as good.
        return status == HttpStatusCode.Conflict ? false : throw Failure($"Creating {kind} '{path}'", status, answer);
    }

    /// <summary>The description of an entity that is there.</summary>
    public async ValueTask<string> GetAsync(string kind, string path, CancellationToken cancellationToken)
    {
        var (status, answer) = await _client.SendAsync(HttpMethod.Get, path, null, cancellationToken).ConfigureAwait(false);
        if (status == HttpStatusCode.OK && EntityDescription.IsEntry(answer)) return answer;
        // A conflict about an entity that is not there: it is being created or deleted right now.
        throw status is HttpStatusCode.OK or HttpStatusCode.NotFound
            ? new ProviderException($"Creating {kind} '{path}' met another operation on it. It is tried again.", isTransient: true)
            : Failure($"Reading {kind} '{path}'", status, answer);
    }

    public void Dispose() => _client.Dispose();

    private ProviderException Failure(string action, HttpStatusCode status, string answer)
    {
        var detail = EntityDescription.Detail(answer);
        var where = options.ConnectionString.AdministrationAddress;
        return status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden
            ? new ProviderException(
                $"{action} at {where} was refused ({(int)status}): the credentials are wrong, or do not give the right to. Check the key's name and "
                + $"value; if they are right give them Manage rights ({role}), or set create = false and create the entity beforehand. {detail}",
                isTransient: false)
            : new ProviderException(
                $"{action} at {where} failed with status {(int)status}. {detail}",
                isTransient: (int)status is 408 or 409 or 429 or >= 500);
    }
}
