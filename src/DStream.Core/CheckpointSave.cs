namespace DStream.Core;

/// <summary>What became of a save.</summary>
public enum CheckpointSave
{
    /// <summary>The position is stored.</summary>
    Saved,

    /// <summary>A later owner has begun: the caller must stop (I2).</summary>
    StaleEpoch,

    /// <summary>The stored position is the same or later; nothing was changed (I2).</summary>
    NotForward,
}
