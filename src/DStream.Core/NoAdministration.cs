namespace DStream.Core;

/// <summary>Creates nothing: for deployments whose identity may not, and for outputs that have no entities. A missing entity shows when it
/// is opened.</summary>
public sealed class NoAdministration : IBrokerAdministration
{
    /// <inheritdoc/>
    public ValueTask EnsureQueueAsync(string queue, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public ValueTask EnsureTopicAsync(string topic, string subscription, CancellationToken cancellationToken) => ValueTask.CompletedTask;
}
