using DStream.StandIns.SqlServer.Parsing;
using DStream.StandIns.SqlServer.Storage;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace DStream.StandIns.SqlServer.Queries;

/// <summary>Table hints. Those that lock are honoured (rows read by UPDLOCK are locked with their table); the others change nothing here.</summary>
internal static class TableHints
{
    public static void Apply(CompileContext context, Table table, IList<TableHint> hints)
    {
        if (hints.Any(hint => hint.HintKind is TableHintKind.UpdLock or TableHintKind.XLock or TableHintKind.TabLockX))
        {
            context.Locks.Add(new LockRequest(table, WholeTable: true));
        }
    }
}
