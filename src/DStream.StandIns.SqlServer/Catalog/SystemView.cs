using DStream.StandIns.SqlServer.Expressions;
using DStream.StandIns.SqlServer.Queries;
using DStream.StandIns.SqlServer.Statements;
using DStream.StandIns.SqlServer.Storage;

namespace DStream.StandIns.SqlServer.Catalog;

/// <summary>A catalog view: its columns, and its rows made afresh from the engine's state each time it is read.</summary>
internal sealed record SystemView(IReadOnlyList<SourceColumn> Columns, Func<BatchContext, Database, IEnumerable<object?[]>> Rows)
{
    public RowSource Bind(Database database) => new Bound(this, database);

    private sealed class Bound(SystemView view, Database database) : RowSource
    {
        public override IReadOnlyList<SourceColumn> Columns => view.Columns;

        public override IEnumerable<object?[]> Read(BatchContext context, Frame? frame, AccessPath? path, KeyRange range)
        {
            lock (context.Engine.Gate)
            {
                return view.Rows(context, database).ToList();
            }
        }
    }
}
