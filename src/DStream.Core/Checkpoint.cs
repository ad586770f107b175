namespace DStream.Core;

/// <summary>A table's stored position.</summary>
/// <param name="Epoch">How often an owner has begun; only the latest may save.</param>
/// <param name="Position">Everything up to here has been delivered; null before the first save.</param>
public sealed record Checkpoint(long Epoch, ChangePosition? Position);
