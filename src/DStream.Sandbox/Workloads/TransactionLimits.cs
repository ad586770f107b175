namespace DStream.Sandbox.Workloads;

/// <summary>What a transaction of the workload may do.</summary>
/// <param name="Changes">The most changes it commits.</param>
/// <param name="BulkRows">The most rows of one bulk load.</param>
/// <param name="SwapsKeys">Whether it may update keys.</param>
internal readonly record struct TransactionLimits(int Changes, int BulkRows, bool SwapsKeys);
