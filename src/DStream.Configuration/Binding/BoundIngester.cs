namespace DStream.Configuration.Binding;

/// <summary>What an <c>ingester</c> block gave: its record, and the names that a router takes from it.</summary>
/// <param name="Config">Null when this process is no ingester.</param>
/// <param name="QueueName">Null when it was not asked for, or had an error.</param>
/// <param name="Destinations">Null when they were not asked for, or could not be made.</param>
internal sealed record BoundIngester(IngesterConfig? Config, string? QueueName, IReadOnlyList<string>? Destinations);
