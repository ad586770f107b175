namespace DStream.InMemory;

/// <summary>
/// Called before each operation of an in-memory provider, and once more after a send was stored. What it returns is thrown; null lets the
/// operation go on. Runs on the caller's thread, outside of the provider's locks, so it may also change the provider.
/// </summary>
/// <param name="operation">One of <see cref="InMemoryOperation"/>.</param>
/// <param name="name">The queue, topic, subscription, table or lease that is concerned.</param>
public delegate Exception? FaultHook(string operation, string name);
