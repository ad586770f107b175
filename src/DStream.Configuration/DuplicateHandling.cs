namespace DStream.Configuration;

/// <summary>What is expected of a broker where a message is sent again after a failure.</summary>
public enum DuplicateHandling
{
    /// <summary>The broker drops the copies.</summary>
    Detect = 0,

    /// <summary>The copies are delivered; consumers tell them by their message id.</summary>
    Accept,
}
