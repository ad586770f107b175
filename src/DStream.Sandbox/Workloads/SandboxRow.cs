namespace DStream.Sandbox.Workloads;

/// <summary>A row as the workload wrote it. <see cref="Version"/> is raised by every statement on the table.</summary>
public sealed record SandboxRow(int Id, string FirstName, string? LastName, decimal Balance, bool Active, long Version);
