using DStream.StandIns.SqlServer.Expressions;
using DStream.StandIns.SqlServer.Parsing;
using DStream.StandIns.SqlServer.Statements;
using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Values;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace DStream.StandIns.SqlServer.Queries;

/// <summary>PIVOT and UNPIVOT, as a query over the table that they turn.</summary>
internal static class PivotSource
{
    public static CompiledQuery Pivot(CompileContext context, PivotedTableReference node)
    {
        var (scope, rows) = Input(context, node.TableReference);
        var compiler = new ExpressionCompiler(context, scope);
        var turned = compiler.Compile(node.PivotColumn);
        var call = new FunctionCall { FunctionName = node.AggregateFunctionIdentifier.Identifiers[^1] };
        node.ValueColumns.ToList().ForEach(call.Parameters.Add);
        var aggregate = Aggregates.Compile(compiler, call);
        var used = node.ValueColumns.Append(node.PivotColumn).Select(c => compiler.Compile(c).Column).ToHashSet();
        var kept = scope.Sources.SelectMany(s => s.Columns.Select((c, i) => (Source: s, Column: i))).Where(c => !used.Contains((c.Source.Ordinal, c.Column))).ToArray();
        var keys = kept.Select(c => ExpressionCompiler.Reference(0, c.Source, c.Column)).ToArray();
        var wanted = node.InColumns.Select(c => Conversion.To(c.Value, SqlTypes.NVarChar(128), turned.Type)).ToArray();
        var order = ValueOrder.NullsFirst(turned.Type);
        SqlColumn[] columns =
        [
            .. kept.Select(c => new SqlColumn(c.Source.Columns[c.Column].Name, c.Source.Columns[c.Column].Type)),
            .. node.InColumns.Select(c => new SqlColumn(c.Value, aggregate.Type)),
        ];
        return new CompiledQuery(columns, (run, outer) =>
        {
            var frame = new Frame(run, scope.Sources.Count, scope.States, outer);
            var groups = new Dictionary<object?[], AggregateState[]>(new RowEquality(keys.Select(k => k.Type)));
            foreach (var _ in rows.Open(frame))
            {
                var key = Array.ConvertAll(keys, k => k.Eval(frame));
                if (!groups.TryGetValue(key, out var states))
                {
                    groups[key] = states = Array.ConvertAll(wanted, _ => aggregate.Start());
                }
                var value = turned.Eval(frame);
                for (var i = 0; i < wanted.Length; i++)
                {
                    if (order(value, wanted[i]) == 0)
                    {
                        states[i].Add(frame);
                    }
                }
            }
            return groups.Select(group => (object?[])[.. group.Key, .. group.Value.Select(s => s.Result)]);
        });
    }

    public static CompiledQuery Unpivot(CompileContext context, UnpivotedTableReference node)
    {
        var (scope, rows) = Input(context, node.TableReference);
        var compiler = new ExpressionCompiler(context, scope);
        var turned = node.InColumns.Select(c => (Name: c.MultiPartIdentifier.Identifiers[^1].Value, Value: compiler.Compile(c))).ToArray();
        var used = turned.Select(t => t.Value.Column).ToHashSet();
        var kept = scope.Sources.SelectMany(s => s.Columns.Select((c, i) => (Source: s, Column: i))).Where(c => !used.Contains((c.Source.Ordinal, c.Column))).ToArray();
        var keys = kept.Select(c => ExpressionCompiler.Reference(0, c.Source, c.Column)).ToArray();
        var type = ExpressionCompiler.CommonType(Array.ConvertAll(turned, t => t.Value));
        var values = Array.ConvertAll(turned, t => t.Value.ConvertTo(type).Eval);
        SqlColumn[] columns =
        [
            .. kept.Select(c => new SqlColumn(c.Source.Columns[c.Column].Name, c.Source.Columns[c.Column].Type)),
            new SqlColumn(node.ValueColumn.Value, type), new SqlColumn(node.PivotColumn.Value, SqlTypes.SysName),
        ];
        return new CompiledQuery(columns, (run, outer) => Turn(new Frame(run, scope.Sources.Count, scope.States, outer)));

        IEnumerable<object?[]> Turn(Frame frame)
        {
            foreach (var _ in rows.Open(frame))
            {
                for (var i = 0; i < values.Length; i++)
                {
                    // UNPIVOT leaves NULLs out.
                    if (values[i](frame) is { } value)
                    {
                        yield return [.. keys.Select(k => k.Eval(frame)), value, turned[i].Name];
                    }
                }
            }
        }
    }

    private static (Scope Scope, RowNode Rows) Input(CompileContext context, TableReference table)
    {
        var scope = new Scope(null);
        var from = new FromClause();
        from.TableReferences.Add(table);
        return (scope, new FromCompiler(context, scope).Compile(from, null)!);
    }
}
