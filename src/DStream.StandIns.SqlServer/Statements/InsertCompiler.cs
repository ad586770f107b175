using DStream.StandIns.SqlServer.Catalog;
using DStream.StandIns.SqlServer.Expressions;
using DStream.StandIns.SqlServer.Parsing;
using DStream.StandIns.SqlServer.Queries;
using DStream.StandIns.SqlServer.Security;
using DStream.StandIns.SqlServer.Storage;
using DStream.StandIns.SqlServer.Transactions;
using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Values;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace DStream.StandIns.SqlServer.Statements;

/// <summary>Compiles INSERT from VALUES, from a query and with DEFAULT VALUES.</summary>
internal sealed class InsertCompiler(CompileContext context)
{
    public WritePlan Compile(InsertSpecification node)
    {
        var (database, table) = ObjectResolver.Target(context, node.Target);
        var access = node.Target is NamedTableReference named ? TableAccess.Of(named.TableHints) : TableAccess.Plain;
        context.Reads.Add(new TableRead(database, table, access, IsTarget: true));
        var positions = Positions(table, node.Columns);
        Access.Demand(context, database, "INSERT", table, positions.Select(p => table.Columns[p].Name).DefaultIfEmpty(table.Columns[0].Name));
        var output = OutputPlan.Compile(context, database, table, node);
        var maker = new RowMaker(database, table);
        var rows = node.InsertSource switch
        {
            ValuesInsertSource { IsDefaultValues: true } => (_, _) => [(new object?[table.Columns.Count], new bool[table.Columns.Count])],
            ValuesInsertSource values => Values(table, maker, positions, values),
            SelectInsertSource select => Query(table, maker, positions, new QueryCompiler(context).Compile(select.Select, null)),
            ExecuteInsertSource => (run, _) => Executed(table, maker, positions, run.ExecutedRows!),
            _ => throw Errors.Unsupported($"INSERT from {node.InsertSource.GetType().Name}"),
        };
        var top = node.TopRowFilter is null ? null : new ExpressionCompiler(context, new Scope(null)).Compile(node.TopRowFilter.Expression).ConvertTo(SqlTypes.BigInt).Eval;
        return new WritePlan(Run, output?.Columns, context.Reads);

        long Run(BatchContext run, Transaction transaction, List<object?[]> outputs)
        {
            var frame = new Frame(run, 0, 0, null);
            if (access.WholeTable)
            {
                TableLocks.Exclusive(table, transaction);
            }
            var writer = new RowWriter(database, table, transaction, run.LocalNow);
            long count = 0;
            var limit = run.Session.Settings.Limit((long?)top?.Invoke(frame));
            foreach (var (row, given) in rows(run, frame))
            {
                if (count == limit)
                {
                    break;
                }
                maker.Complete(run, row, given, frame);
                writer.Insert(row);
                output?.Add(run, transaction, "INSERT", row, null, outputs);
                count++;
            }
            writer.Finish(run, "INSERT");
            return count;
        }
    }

    /// <summary>Where the given values go. Without a column list: every column but identity, computed and rowversion ones.</summary>
    public int[] Positions(Table table, IList<ColumnReferenceExpression> columns)
    {
        var identity = context.Session.Settings.IdentityInsert == table;
        if (columns.Count == 0)
        {
            return Enumerable.Range(0, table.Columns.Count)
                .Where(i => table.Columns[i] is { Computed: null } c && (!c.IsIdentity || identity) && c.Type.Kind != SqlKind.RowVersion).ToArray();
        }
        context.UsesSessionTables |= identity;
        return columns.Select(node =>
        {
            var name = node.MultiPartIdentifier.Identifiers[^1].Value;
            var position = table.Position(name);
            var column = position < 0 ? throw Errors.InvalidColumn(name) : table.Columns[position];
            if (column.IsIdentity && !identity)
            {
                throw Errors.Of(544, 16, $"Cannot insert explicit value for identity column in table '{table.Name}' when IDENTITY_INSERT is set to OFF.");
            }
            if (column.Computed is not null)
            {
                throw Errors.Of(271, 16, $"The column \"{name}\" cannot be modified because it is either a computed column or is the result of a UNION operator.");
            }
            return column.Type.Kind == SqlKind.RowVersion
                ? throw Errors.Of(273, 16, "Cannot insert an explicit value into a timestamp column. Use INSERT with a column list to exclude the timestamp column, or insert a DEFAULT into the timestamp column.")
                : position;
        }).ToArray();
    }

    private Func<BatchContext, Frame, IEnumerable<(object?[] Row, bool[] Given)>> Values(Table table, RowMaker maker, int[] positions, ValuesInsertSource values)
    {
        if (values.RowValues.Count > 1000)
        {
            throw Errors.Of(10738, 15, "The number of row value expressions in the INSERT statement exceeds the maximum allowed number of 1000 row values.");
        }
        var compiler = new ExpressionCompiler(context, new Scope(null));
        var rows = new List<(Scalar?[] Cells, bool[] Given)>(values.RowValues.Count);
        foreach (var row in values.RowValues)
        {
            CheckCount(row.ColumnValues.Count, positions.Length);
            var cells = new Scalar?[positions.Length];
            var given = new bool[table.Columns.Count];
            for (var i = 0; i < cells.Length; i++)
            {
                if (row.ColumnValues[i] is not DefaultLiteral)
                {
                    given[positions[i]] = true;
                    cells[i] = maker.Assignment(table.Columns[positions[i]], compiler.Compile(row.ColumnValues[i]));
                }
            }
            rows.Add((cells, given));
        }
        return (_, frame) => rows.Select(row =>
        {
            var made = new object?[table.Columns.Count];
            for (var i = 0; i < positions.Length; i++)
            {
                made[positions[i]] = row.Cells[i]?.Invoke(frame);
            }
            return (made, row.Given);
        });
    }

    /// <summary>INSERT ... EXEC: the rows that the executed statements returned, which ran before.</summary>
    private static IEnumerable<(object?[] Row, bool[] Given)> Executed(Table table, RowMaker maker, int[] positions, IReadOnlyList<ExecutedResult> results)
    {
        foreach (var result in results)
        {
            if (result.Columns.Count != positions.Length)
            {
                throw Errors.Of(213, 16, "Column name or number of supplied values does not match table definition.", 7);
            }
            var rows = new CompiledQuery(result.Columns, (_, _) => result.Rows);
            foreach (var row in Query(table, maker, positions, rows)(result.Context, new Frame(result.Context, 0, 0, null)))
            {
                yield return row;
            }
        }
    }

    private static Func<BatchContext, Frame, IEnumerable<(object?[] Row, bool[] Given)>> Query(Table table, RowMaker maker, int[] positions, CompiledQuery query)
    {
        CheckCount(query.Columns.Count, positions.Length);
        var given = new bool[table.Columns.Count];
        var scope = new Scope(null);
        var source = scope.Add(null, null, query.Columns.Select(c => new SourceColumn(c.Name, c.Type, c.IsNullable)).ToArray());
        var cells = positions.Select((position, i) =>
        {
            given[position] = true;
            return maker.Assignment(table.Columns[position], ExpressionCompiler.Reference(0, source, i));
        }).ToArray();
        return (run, _) =>
        {
            var frame = new Frame(run, 1, 0, null);
            // All rows are read before the first is written, or a table inserted into itself would never end.
            return query.Run(run, null).ToList().Select(row =>
            {
                frame.Rows[0] = row;
                var made = new object?[table.Columns.Count];
                for (var i = 0; i < positions.Length; i++)
                {
                    made[positions[i]] = cells[i](frame);
                }
                return (made, given);
            });
        };
    }

    public static void CheckCount(int values, int columns)
    {
        if (values > columns)
        {
            throw Errors.Of(110, 15, "There are fewer columns in the INSERT statement than values specified in the VALUES clause. The number of values in the VALUES clause must match the number of columns specified in the INSERT statement.");
        }
        if (values < columns)
        {
            throw Errors.Of(109, 15, "There are more columns in the INSERT statement than values specified in the VALUES clause. The number of values in the VALUES clause must match the number of columns specified in the INSERT statement.");
        }
    }
}
