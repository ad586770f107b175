namespace DStream.StandIns.Proxy;

/// <summary>What <see cref="Traffic"/> is set to. Arithmetic only.</summary>
internal sealed record TrafficShape
{
    // So that a limited stream flows twenty times a second instead of in gulps.
    private const int PiecesPerSecond = 20;

    public static TrafficShape None { get; } = new();

    public int MinPieceBytes { get; init; }

    /// <summary>0 is no limit.</summary>
    public int MaxPieceBytes { get; init; }

    public TimeSpan Delay { get; init; }

    public TimeSpan Jitter { get; init; }

    /// <summary>0 is no limit.</summary>
    public long BytesPerSecond { get; init; }

    public bool Swallows { get; init; }

    public int PieceOf(int available, Random random)
    {
        var piece = MaxPieceBytes == 0 ? available : Math.Min(available, random.Next(MinPieceBytes, MaxPieceBytes + 1));
        return BytesPerSecond == 0 ? piece : (int)Math.Min(piece, Math.Max(1, BytesPerSecond / PiecesPerSecond));
    }

    public TimeSpan WaitBefore(int piece, Random random)
    {
        var wait = Delay + (Jitter * random.NextDouble());
        return BytesPerSecond == 0 ? wait : wait + TimeSpan.FromSeconds((double)piece / BytesPerSecond);
    }
}
