namespace DStream.Core;

/// <summary>Which row images of an UPDATE become messages.</summary>
public enum UpdateImages
{
    /// <summary>The row after the update only (operation 4). The default.</summary>
    After = 0,

    /// <summary>The row before (operation 3) and the row after (operation 4), in this order, as two messages.</summary>
    Both,
}
