namespace DStream.StandIns.SqlServer.Faults;

/// <summary>Where in a connection's life a fault can strike.</summary>
public sealed class FaultPoint
{
    private readonly Func<string, bool> _matches;

    private FaultPoint(FaultStage stage, Func<string, bool>? matches = null, long row = 0) =>
        (Stage, _matches, Row) = (stage, matches ?? (_ => true), row);

    /// <summary>The socket was accepted; nothing was read yet.</summary>
    public static FaultPoint Connect { get; } = new(FaultStage.Connect);

    /// <summary>PRELOGIN was read and is not answered yet.</summary>
    public static FaultPoint PreLogin { get; } = new(FaultStage.PreLogin);

    /// <summary>LOGIN7 was read and the engine has not been asked yet.</summary>
    public static FaultPoint Login { get; } = new(FaultStage.Login);

    /// <summary>SqlTransaction.Commit: a transaction manager request (a COMMIT in a batch's text is a <see cref="Request(string)"/>).</summary>
    public static FaultPoint Commit { get; } = new(FaultStage.Commit);

    /// <summary>All rows of a bulk load have come and are not kept yet.</summary>
    public static FaultPoint BulkEnd { get; } = new(FaultStage.BulkEnd);

    /// <summary>Any batch or procedure call.</summary>
    public static FaultPoint AnyRequest { get; } = new(FaultStage.Request);

    internal FaultStage Stage { get; }
    internal long Row { get; }

    /// <summary>A batch or procedure call whose text (or procedure name) contains this, whatever the case.</summary>
    public static FaultPoint Request(string contains) => Request(text => text.Contains(contains, StringComparison.OrdinalIgnoreCase));

    /// <summary>A batch or procedure call whose text (or procedure name) satisfies this.</summary>
    public static FaultPoint Request(Func<string, bool> matches) => new(FaultStage.Request, matches);

    /// <summary>After <paramref name="count"/> rows of a response were written (all its result sets together).</summary>
    public static FaultPoint AfterRows(long count) => AfterRows(count, _ => true);

    /// <summary>After <paramref name="count"/> rows of the response to a request whose text satisfies <paramref name="matches"/>.</summary>
    public static FaultPoint AfterRows(long count, Func<string, bool> matches)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        return new FaultPoint(FaultStage.Row, matches, count);
    }

    /// <summary>After <paramref name="count"/> rows of one bulk load (one batch of SqlBulkCopy) were taken.</summary>
    public static FaultPoint AfterBulkRows(long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        return new FaultPoint(FaultStage.BulkRow, row: count);
    }

    internal bool Matches(FaultStage stage, string text) => stage == Stage && _matches(text);
}
