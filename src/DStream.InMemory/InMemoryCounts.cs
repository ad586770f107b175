namespace DStream.InMemory;

/// <summary>What a queue or subscription holds.</summary>
/// <param name="Available">Messages that a receiver may take.</param>
/// <param name="Locked">Messages that a receiver has.</param>
/// <param name="DeadLettered">Messages in its dead-letter queue, locked ones included.</param>
/// <param name="Stored">Messages that were ever stored in it.</param>
/// <param name="Completed">Messages that were completed.</param>
/// <param name="Duplicates">Messages that its queue or topic dropped as duplicates.</param>
public sealed record InMemoryCounts(int Available, int Locked, int DeadLettered, long Stored, long Completed, long Duplicates);
