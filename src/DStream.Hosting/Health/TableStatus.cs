using DStream.Core;

namespace DStream.Hosting;

/// <summary>A table as its worker last saw it.</summary>
/// <param name="Table">The table.</param>
/// <param name="State">What its worker is doing.</param>
/// <param name="Position">Everything up to here was delivered; null where it is not owned here.</param>
/// <param name="Problem">What is wrong, with the remedy; null where nothing is.</param>
public sealed record TableStatus(TableName Table, TableState State, ChangePosition? Position = null, string? Problem = null);
