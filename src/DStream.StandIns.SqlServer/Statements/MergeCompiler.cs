using DStream.StandIns.SqlServer.Catalog;
using DStream.StandIns.SqlServer.Expressions;
using DStream.StandIns.SqlServer.Parsing;
using DStream.StandIns.SqlServer.Queries;
using DStream.StandIns.SqlServer.Security;
using DStream.StandIns.SqlServer.Storage;
using DStream.StandIns.SqlServer.Transactions;
using DStream.StandIns.SqlServer.Values;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace DStream.StandIns.SqlServer.Statements;

/// <summary>Compiles MERGE: the source left-joined to the target, one action for each row; then the target's rows that no source row met.</summary>
internal sealed class MergeCompiler(CompileContext context)
{
    public WritePlan Compile(MergeSpecification node)
    {
        var (database, table) = ObjectResolver.Target(context, node.Target);
        var named = node.Target as NamedTableReference;
        var read = new TableRead(database, table, TableAccess.Of(named?.TableHints ?? []), IsTarget: true);
        context.Reads.Add(read);
        foreach (var action in node.ActionClauses.Select(clause => clause.Action))
        {
            Access.Demand(context, database, action switch { InsertMergeAction => "INSERT", UpdateMergeAction => "UPDATE", _ => "DELETE" }, table);
        }
        var scope = new Scope(null);
        var state = scope.States++;
        var from = new FromCompiler(context, scope);
        var root = new FromClause();
        root.TableReferences.Add(node.TableReference);
        var source = from.Compile(root, null)!;
        var rows = new TargetSource(read, state);
        var target = from.Add(node.TableAlias?.Value ?? table.Name, table.Schema, rows);
        var joined = from.Plan(from.Join(source, target, node.SearchCondition, isOuter: true), null);
        var compiler = new ExpressionCompiler(context, scope);
        var maker = new RowMaker(database, table);
        var clauses = node.ActionClauses.Select(clause => Compile(clause, compiler, maker, table, target.ScopeSource)).ToArray();
        var output = OutputPlan.Compile(context, database, table, node, scope);
        var top = node.TopRowFilter is null ? null : compiler.Compile(node.TopRowFilter.Expression).ConvertTo(SqlTypes.BigInt).Eval;
        var run = new MergeRun(database, table, scope, state, joined, source, rows, target.ScopeSource.Ordinal, clauses, output, top);
        return new WritePlan(run.Run, output?.Columns, context.Reads);
    }

    private MergeClause Compile(MergeActionClause node, ExpressionCompiler compiler, RowMaker maker, Table table, ScopeSource target)
    {
        Predicate when = node.SearchCondition is null ? static _ => Truth.True : compiler.Compile(node.SearchCondition);
        var condition = node.Condition == MergeCondition.NotMatchedByTarget ? MergeCondition.NotMatched : node.Condition;
        switch (node.Action)
        {
            case DeleteMergeAction:
                return new MergeClause(condition, when, static (_, _, _) => null, []);
            case UpdateMergeAction update:
                var (columns, _) = WriteCompiler.Assignments(context, compiler, maker, table, target, update.SetClauses);
                return new MergeClause(condition, when, (run, frame, before) =>
                {
                    var after = (object?[])before!.Clone();
                    columns.ForEach(c => after[c.Position] = c.Value(frame));
                    return maker.Complete(run, after, null, frame);
                }, columns.Select(c => c.Position).ToHashSet());
            default:
                return Insert((InsertMergeAction)node.Action, condition, when, compiler, maker, table);
        }
    }

    private MergeClause Insert(InsertMergeAction insert, MergeCondition condition, Predicate when, ExpressionCompiler compiler, RowMaker maker, Table table)
    {
        var positions = new InsertCompiler(context).Positions(table, insert.Columns);
        var given = new bool[table.Columns.Count];
        var values = insert.Source.IsDefaultValues ? [] : insert.Source.RowValues[0].ColumnValues;
        if (!insert.Source.IsDefaultValues)
        {
            InsertCompiler.CheckCount(values.Count, positions.Length);
        }
        var cells = values.Select((value, i) =>
        {
            if (value is DefaultLiteral)
            {
                return (positions[i], null);
            }
            given[positions[i]] = true;
            return (Position: positions[i], Value: (Scalar?)maker.Assignment(table.Columns[positions[i]], compiler.Compile(value)));
        }).ToArray();
        return new MergeClause(condition, when, (run, frame, _) =>
        {
            var row = new object?[table.Columns.Count];
            foreach (var (position, value) in cells)
            {
                row[position] = value?.Invoke(frame);
            }
            return maker.Complete(run, row, given, frame);
        }, []);
    }
}

/// <summary>A WHEN of a MERGE: for which rows it is, and the row it makes (null deletes).</summary>
internal sealed record MergeClause(MergeCondition Condition, Predicate When, Func<BatchContext, Frame, object?[]?, object?[]?> Make, HashSet<int> Touches);
