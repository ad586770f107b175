using DStream.Core;

namespace DStream.Sandbox.Workloads;

/// <summary>A change that was committed.</summary>
/// <param name="Operation">What happened; updates by their image after.</param>
/// <param name="Row">The row: for a delete as it was.</param>
/// <param name="Order">Place in the table's log. Changes of one step of a statement share it, since SQL Server promises no order among them.</param>
public sealed record CommittedChange(ChangeOperation Operation, SandboxRow Row, long Order);
