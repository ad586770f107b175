using DStream.StandIns.SqlServer.Catalog;
using DStream.StandIns.SqlServer.Expressions;
using DStream.StandIns.SqlServer.Parsing;
using DStream.StandIns.SqlServer.Statements;
using DStream.StandIns.SqlServer.Storage;
using DStream.StandIns.SqlServer.Values;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace DStream.StandIns.SqlServer.Queries;

/// <summary>
/// A query over one table that an UPDATE or DELETE writes through: a common table expression, a view or a derived table. Its
/// rows carry the slot of the table's row behind their columns.
/// </summary>
internal sealed class UpdatableQuery : RowSource
{
    private readonly CompiledQuery _query;
    private readonly int _state;

    private UpdatableQuery(CompiledQuery query, int state, Database database, Table table, int[] tableColumns, IList<Identifier> names)
    {
        (_query, _state, Database, Table, TableColumns) = (query, state, database, table, tableColumns);
        Columns = query.Columns.SkipLast(1).Select((c, i) => new SourceColumn(names.Count > i ? names[i].Value : c.Name, c.Type, c.IsNullable, c.IsIdentity)).ToArray();
    }

    public override IReadOnlyList<SourceColumn> Columns { get; }

    public Database Database { get; }

    public Table Table { get; }

    /// <summary>The table's column behind each column; -1 where it is computed by the query.</summary>
    public int[] TableColumns { get; }

    /// <param name="context">The statement.</param>
    /// <param name="node">The query.</param>
    /// <param name="names">The names that its columns are given.</param>
    /// <param name="state">Where in the frame the slot of the current row goes.</param>
    public static UpdatableQuery Compile(CompileContext context, QueryExpression node, IList<Identifier> names, int state)
    {
        if (node is not QuerySpecification { FromClause.TableReferences: [NamedTableReference reference], GroupByClause: null, UniqueRowFilter: not UniqueRowFilter.Distinct } specification)
        {
            throw Errors.Unsupported("writing through a query other than over one table, without groups");
        }
        var (database, table) = ObjectResolver.Stored(context, reference.SchemaObject);
        var read = new TableRead(database, table, TableAccess.Of(reference.TableHints), IsTarget: true);
        context.Reads.Add(read);
        var compiler = new SelectCompiler(context, null) { Updatable = (reference, read) };
        var query = compiler.Compile(specification);
        return new UpdatableQuery(query, state, database, table, compiler.TableColumns, names);
    }

    public override IEnumerable<object?[]> Read(BatchContext context, Frame? frame, AccessPath? path, KeyRange range)
    {
        foreach (var row in _query.Run(context, frame?.Outer))
        {
            frame!.States[_state] = row[^1];
            yield return row;
        }
    }

    /// <summary>The table under the query: remembers the slot of each row it gave, for as long as the query runs.</summary>
    internal sealed class Slots(TableRead read, int state) : RowSource
    {
        private readonly StoredTableSource _stored = new(read.Table);
        private readonly LockedReader _reader = new(read);

        public override IReadOnlyList<SourceColumn> Columns => _stored.Columns;

        public override IReadOnlyList<AccessPath> Paths => _stored.Paths;

        public override IEnumerable<object?[]> Read(BatchContext context, Frame? frame, AccessPath? path, KeyRange range)
        {
            var slots = (Dictionary<object?[], RowSlot>)(frame!.States[state] ??= new Dictionary<object?[], RowSlot>(ReferenceEqualityComparer.Instance));
            foreach (var (slot, row) in _reader.Read(context, path?.Index ?? read.Table.Clustered, range))
            {
                slots[row] = slot;
                yield return row;
            }
        }

        public Scalar SlotOf(int ordinal) => frame => ((Dictionary<object?[], RowSlot>)frame.States[state]!)[frame.Rows[ordinal]];
    }
}
