namespace DStream.InMemory;

/// <summary>What one receiver holds: its session, if it has one, and the messages that it has not settled. Used only under the broker's lock.</summary>
internal sealed class ReceiverLock(Lane lane, TimeSpan duration, TimeProvider time)
{
    private long _since = time.GetTimestamp();

    public Lane Lane { get; } = lane;

    public Dictionary<long, StoredMessage> Messages { get; } = [];

    /// <summary>Set once the lock was given back, taken away or ran out.</summary>
    public bool IsGone { get; set; }

    public bool HasRunOut => Remaining <= TimeSpan.Zero;

    public TimeSpan Remaining => duration - time.GetElapsedTime(_since);

    public List<StoredMessage> Take(int maxMessages)
    {
        var taken = Lane.Available.Values.Take(maxMessages).ToList();
        foreach (var message in taken)
        {
            Lane.Available.Remove(message.SequenceNumber);
            Messages.Add(message.SequenceNumber, message);
        }

        return taken;
    }

    public void Renew() => _since = time.GetTimestamp();
}
