using DStream.StandIns.SqlServer.Catalog;
using DStream.StandIns.SqlServer.Sessions;
using DStream.StandIns.SqlServer.Storage;
using DStream.StandIns.SqlServer.Transactions;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace DStream.StandIns.SqlServer.Queries;

/// <summary>What table hints ask of one mention of a table. Those about indexes, pages and plans change nothing here.</summary>
internal sealed record TableAccess
{
    public static readonly TableAccess Plain = new();

    /// <summary>NOLOCK, HOLDLOCK and their like; <see cref="SqlIsolation.Unspecified"/> leaves it to the session's level.</summary>
    public SqlIsolation Isolation { get; private init; }

    /// <summary>READCOMMITTEDLOCK: locks also where the database has READ_COMMITTED_SNAPSHOT.</summary>
    public bool NeverVersioned { get; private init; }

    /// <summary>UPDLOCK, XLOCK, TABLOCKX: what is read is held so until the transaction ends.</summary>
    public LockMode? Mode { get; private init; }

    /// <summary>TABLOCK, TABLOCKX.</summary>
    public bool WholeTable { get; private init; }

    /// <summary>READPAST: rows that others hold are left out.</summary>
    public bool ReadsPast { get; private init; }

    public bool NoWait { get; private init; }

    public static TableAccess Of(IList<TableHint> hints) => hints.Aggregate(Plain, static (access, hint) => hint.HintKind switch
    {
        TableHintKind.NoLock or TableHintKind.ReadUncommitted => access with { Isolation = SqlIsolation.ReadUncommitted },
        TableHintKind.ReadCommitted => access with { Isolation = SqlIsolation.ReadCommitted },
        TableHintKind.ReadCommittedLock => access with { Isolation = SqlIsolation.ReadCommitted, NeverVersioned = true },
        TableHintKind.RepeatableRead => access with { Isolation = SqlIsolation.RepeatableRead },
        TableHintKind.HoldLock or TableHintKind.Serializable => access with { Isolation = SqlIsolation.Serializable },
        TableHintKind.UpdLock => access with { Mode = LockMode.Update },
        TableHintKind.XLock => access with { Mode = LockMode.Exclusive },
        TableHintKind.TabLock => access with { WholeTable = true },
        TableHintKind.TabLockX => access with { Mode = LockMode.Exclusive, WholeTable = true },
        TableHintKind.ReadPast => access with { ReadsPast = true },
        TableHintKind.NoWait => access with { NoWait = true },
        _ => access,
    });
}

/// <summary>A table that a statement reads or writes, and how.</summary>
internal sealed record TableRead(Database Database, Table Table, TableAccess Access, bool IsTarget = false);
