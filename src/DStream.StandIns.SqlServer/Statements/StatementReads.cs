using DStream.StandIns.SqlServer.Queries;
using DStream.StandIns.SqlServer.Sessions;
using DStream.StandIns.SqlServer.Values;

namespace DStream.StandIns.SqlServer.Statements;

/// <summary>What the tables of a statement mean for how it runs. Runs under the gate.</summary>
internal static class StatementReads
{
    /// <summary>Whether it has locks to take or somebody to wait for; else its rows stream.</summary>
    public static bool NeedLocks(BatchContext context, IReadOnlyList<TableRead> reads)
    {
        for (var i = 0; i < reads.Count; i++)
        {
            var read = reads[i];
            if (read.Access.Mode is not null || read.Access.WholeTable)
            {
                return true;
            }
            switch (context.LevelOf(read))
            {
                case SqlIsolation.RepeatableRead or SqlIsolation.Serializable:
                case SqlIsolation.ReadCommitted when !BatchContext.IsVersioned(read) && read.Table.IsWrittenByAnother(context.Session.Transaction):
                    return true;
                default:
                    break;
            }
        }
        return false;
    }

    /// <summary>Under SNAPSHOT: takes the transaction's snapshot with its first access to data, or says why it cannot.</summary>
    public static void EnterSnapshot(BatchContext context, IReadOnlyList<TableRead> reads)
    {
        var session = context.Session;
        if (session.Settings.Isolation != SqlIsolation.Snapshot || reads.Count == 0)
        {
            return;
        }
        foreach (var read in reads)
        {
            if (!read.Database.AllowsSnapshot && context.LevelOf(read) == SqlIsolation.Snapshot)
            {
                throw Errors.SnapshotNotAllowed(read.Database.Name);
            }
        }
        if (session.Transaction is not { } transaction)
        {
            return;
        }
        if (transaction.Isolation != SqlIsolation.Snapshot)
        {
            throw Errors.NotBegunAsSnapshot(session.Database);
        }
        if (transaction.Snapshot is null)
        {
            transaction.Snapshot = context.Engine.CommitSequence;
            context.Engine.Snapshots.Acquire(context.Engine.CommitSequence);
        }
    }
}
