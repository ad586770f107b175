using DStream.StandIns.SqlServer.Engine;
using DStream.StandIns.SqlServer.Expressions;
using DStream.StandIns.SqlServer.Queries;
using DStream.StandIns.SqlServer.Security;
using DStream.StandIns.SqlServer.Statements;
using DStream.StandIns.SqlServer.Storage;

namespace DStream.StandIns.SqlServer.Catalog;

/// <summary>A catalog view: its columns, and its rows made afresh from the engine's state each time it is read.</summary>
internal sealed record SystemView(IReadOnlyList<SourceColumn> Columns, Func<BatchContext, Database, IEnumerable<object?[]>> Rows)
{
    /// <summary>Shows only what the session may see of; not so the tables of the cdc schema, which are granted as they are.</summary>
    public bool HidesObjects { get; init; } = true;

    public RowSource Bind(Database database) => new Bound(this, database);

    private sealed class Bound(SystemView view, Database database) : RowSource
    {
        public override IReadOnlyList<SourceColumn> Columns => view.Columns;

        // The object that a row is about, by its number or by its names.
        private readonly int _object = view.Columns.ToList().FindIndex(c => c.Name is "object_id" or "parent_object_id");
        private readonly int _schema = view.Columns.ToList().FindIndex(c => c.Name == "TABLE_SCHEMA");

        private bool IsVisible(SqlSession session, object?[] row)
        {
            if (!view.HidesObjects)
            {
                return true;
            }
            if (_schema >= 0)
            {
                return row[_schema] is string schema && row[_schema + 1] is string name && Access.CanSee(session, database, schema, name);
            }
            return _object < 0 || row[_object] is not int id || database.Object(id) is not { } found || Access.CanSee(session, database, found.Schema, found.Name);
        }

        public override IEnumerable<object?[]> Read(BatchContext context, Frame? frame, AccessPath? path, KeyRange range)
        {
            lock (context.Engine.Gate)
            {
                var rows = view.Rows(context, database);
                return (Access.IsOwner(context.Session, database) ? rows : rows.Where(row => IsVisible(context.Session, row))).ToList();
            }
        }
    }
}
