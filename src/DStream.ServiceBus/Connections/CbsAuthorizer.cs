using Amqp;
using Amqp.Framing;
using Amqp.Types;
using DStream.Core;
using DStream.ServiceBus.Security;
using Microsoft.Extensions.Logging;

namespace DStream.ServiceBus.Connections;

/// <summary>
/// Puts a token for each entity that one connection uses, and a new one before it ends, as long as a link needs it (claims-based security).
/// Thread-safe. Source: https://learn.microsoft.com/azure/service-bus-messaging/service-bus-amqp-protocol-guide#claims-based-authorization
/// </summary>
internal sealed class CbsAuthorizer(Connection connection, ServiceBusOptions options, ITokenSource tokens, TimeProvider time, ILogger logger)
    : ILinkAuthorizer
{
    private static readonly TimeSpan RenewalMargin = TimeSpan.FromMinutes(7);
    private static readonly TimeSpan RenewalRetry = TimeSpan.FromSeconds(15);

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly Dictionary<string, Grant> _grants = new(StringComparer.OrdinalIgnoreCase);
    private readonly CancellationTokenSource _stopping = new();
    private RequestLink? _link;

    /// <inheritdoc/>
    public async ValueTask<IDisposable> AuthorizeAsync(string entity, CancellationToken cancellationToken)
    {
        var audience = Audience(entity);
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_grants.TryGetValue(audience, out var known) && known.RenewAt > time.GetUtcNow()) return known.Use();
            var expiresOn = await PutAsync(audience, cancellationToken).ConfigureAwait(false);
            var grant = known ?? new Grant(audience);
            grant.Renewed(expiresOn, RenewalTime(time.GetUtcNow(), expiresOn, options.Random.NextDouble()));
            var use = grant.Use();
            if (known is null)
            {
                lock (_grants) _grants.Add(audience, grant);
                _ = RenewAsync(grant);
            }

            return use;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public IDisposable Use(string entity)
    {
        lock (_grants) return _grants.TryGetValue(Audience(entity), out var grant) ? grant.Use() : Unused.Instance;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        if (_link is not null) await _link.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>About 7 minutes before the end, for a short token at two thirds of its time, and up to a tenth of the rest earlier so that
    /// many entities do not renew at once.</summary>
    internal static DateTimeOffset RenewalTime(DateTimeOffset now, DateTimeOffset expiresOn, double random)
    {
        if (expiresOn == DateTimeOffset.MaxValue) return expiresOn;
        var lifetime = expiresOn - now;
        var margin = lifetime / 3 < RenewalMargin ? lifetime / 3 : RenewalMargin;
        return expiresOn - margin - (margin * random / 10);
    }

    private string Audience(string entity) => $"sb://{options.ConnectionString.Host}/{entity}".ToLowerInvariant();

    private async ValueTask<DateTimeOffset> PutAsync(string audience, CancellationToken cancellationToken)
    {
        var token = await tokens.GetAsync(audience, cancellationToken).ConfigureAwait(false);
        if (_link is null or { IsClosed: true })
            _link = await RequestLink.OpenAsync(connection, "$cbs", static () => Unused.Instance, options.AuthorizationTimeout, time, cancellationToken).ConfigureAwait(false);
        var request = new Message
        {
            BodySection = new AmqpValue { Value = token.Value },
            ApplicationProperties = new ApplicationProperties
            {
                Map =
                {
                    ["operation"] = "put-token",
                    ["type"] = token.Type,
                    ["name"] = audience,
                    ["expiration"] = token.ExpiresOn.UtcDateTime,
                },
            },
        };
        var reply = await _link.RequestAsync(request, options.AuthorizationTimeout, cancellationToken).ConfigureAwait(false);
        Check(reply, audience);
        Log.TokenPut(logger, audience, token.ExpiresOn);
        return token.ExpiresOn;
    }

    private void Check(Message reply, string audience)
    {
        var status = RequestReply.StatusOf(reply);
        if (status is 200 or 202) return;
        var description = RequestReply.DescriptionOf(reply);
        // 401: the signature or the token is wrong. 404: the namespace is not there. Anything of the server's own may pass.
        throw new ProviderException(
            status is 401 or 403
                ? $"{options.Dialect.Service} {options.ConnectionString.Host} refused the credentials for {audience} (status {status}). Check the key's name and value, "
                  + $"or the identity's role on the namespace. {description}"
                : $"{options.Dialect.Service} {options.ConnectionString.Host} did not take the token for {audience} (status {status}). {description}",
            isTransient: status is null or >= 500 or 408 or 429);
    }

    private async Task RenewAsync(Grant grant)
    {
        try
        {
            while (true)
            {
                var wait = grant.Failed ? RenewalRetry : Positive(grant.RenewAt - time.GetUtcNow());
                await Task.Delay(wait, time, _stopping.Token).ConfigureAwait(false);
                await _gate.WaitAsync(_stopping.Token).ConfigureAwait(false);
                try
                {
                    if (grant.RenewAt > time.GetUtcNow()) continue;
                    if (!grant.IsUsed)
                    {
                        lock (_grants) _grants.Remove(grant.Audience);
                        return;
                    }

                    var expiresOn = await PutAsync(grant.Audience, _stopping.Token).ConfigureAwait(false);
                    grant.Renewed(expiresOn, RenewalTime(time.GetUtcNow(), expiresOn, options.Random.NextDouble()));
                }
                catch (ProviderException e)
                {
                    grant.Failed = true;
                    Log.TokenRenewalFailed(logger, e, grant.Audience, grant.ExpiresOn);
                }
                finally
                {
                    _gate.Release();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The connection is gone.
        }
    }

    // A delay takes at most about 49 days.
    private static TimeSpan Positive(TimeSpan wait) => wait < TimeSpan.Zero ? TimeSpan.Zero : wait > TimeSpan.FromDays(40) ? TimeSpan.FromDays(40) : wait;
}
