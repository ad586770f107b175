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

/// <summary>Compiles MERGE: the source left-joined to the target, one action for each row.</summary>
internal sealed class MergeCompiler(CompileContext context)
{
    public WritePlan Compile(MergeSpecification node)
    {
        var (database, table) = ObjectResolver.Stored(context, ((NamedTableReference)node.Target).SchemaObject);
        var read = new TableRead(database, table, TableAccess.Of(((NamedTableReference)node.Target).TableHints), IsTarget: true);
        context.Reads.Add(read);
        foreach (var action in node.ActionClauses.Select(clause => clause.Action))
        {
            Access.Demand(context.Session, database, action switch { InsertMergeAction => "INSERT", UpdateMergeAction => "UPDATE", _ => "DELETE" }, table);
        }
        var scope = new Scope(null);
        var state = scope.States++;
        var from = new FromCompiler(context, scope);
        var root = new FromClause();
        root.TableReferences.Add(node.TableReference);
        var source = from.Compile(root, null)!;
        var target = from.Add(node.TableAlias?.Value ?? table.Name, table.Schema, new TargetSource(read, state));
        var joined = from.Plan(from.Join(source, target, node.SearchCondition, isOuter: true), null);
        var compiler = new ExpressionCompiler(context, scope);
        var maker = new RowMaker(database, table);
        var clauses = node.ActionClauses.Select(clause => Compile(clause, compiler, maker, table, target.ScopeSource)).ToArray();
        if (Array.Exists(clauses, c => c.Condition == MergeCondition.NotMatchedBySource))
        {
            throw Errors.Unsupported("MERGE ... WHEN NOT MATCHED BY SOURCE");
        }
        var output = OutputPlan.Compile(context, database, table, node);
        var ordinal = target.ScopeSource.Ordinal;
        return new WritePlan(Run, output?.Columns, context.Reads);

        long Run(BatchContext run, Transaction transaction, List<object?[]> outputs)
        {
            var frame = new Frame(run, scope.Sources.Count, scope.States, null);
            var work = new List<(Clause Clause, RowSlot? Slot, object?[]? Before, object?[]? After)>();
            var touched = new HashSet<RowSlot>();
            foreach (var _ in joined.Open(frame))
            {
                // The join fills the target with NULLs where nothing matched; then the slot is not this row's.
                var slot = frame.States[state] as RowSlot;
                var isMatch = slot is not null && ReferenceEquals(frame.Rows[ordinal], slot.Latest(transaction));
                if (Array.Find(clauses, c => c.Condition == MergeCondition.Matched == isMatch && c.When(frame) == Truth.True) is not { } clause)
                {
                    continue;
                }
                if (isMatch && !touched.Add(slot!))
                {
                    throw Errors.Of(8672, 16, "The MERGE statement attempted to UPDATE or DELETE the same row more than once. This happens when a target row matches more than one source row. A MERGE statement cannot UPDATE/DELETE the same row of the target table multiple times.");
                }
                work.Add((clause, isMatch ? slot : null, isMatch ? frame.Rows[ordinal] : null, clause.Make(run, frame, isMatch ? frame.Rows[ordinal] : null)));
            }
            Apply(run, new RowWriter(database, table, transaction, run.LocalNow), work, table);
            work.ForEach(w => output?.Add(run, transaction, w.Before is null ? "INSERT" : w.After is null ? "DELETE" : "UPDATE", w.After, w.Before, outputs));
            return work.Count;
        }
    }

    private static void Apply(BatchContext run, RowWriter writer, List<(Clause Clause, RowSlot? Slot, object?[]? Before, object?[]? After)> work, Table table)
    {
        run.Attention.ThrowIfCancellationRequested();
        work.FindAll(w => w.After is null).ForEach(w => writer.Delete(w.Slot!));
        var updates = work.FindAll(w => w.Before is not null && w.After is not null);
        var keyed = updates.FindAll(w => table.Indexes.Exists(index => (index.IsUnique || index == table.Clustered) && !index.IsHeap && index.Positions.Any(w.Clause.Touches.Contains)));
        updates.Except(keyed).ToList().ForEach(w => writer.Update(w.Slot!, w.After!));
        if (keyed.Count > 0)
        {
            writer.UpdateKeys(keyed.ConvertAll(w => (w.Slot!, w.After!)));
        }
        work.FindAll(w => w.Before is null).ForEach(w => writer.Insert(w.After!));
    }

    private Clause Compile(MergeActionClause node, ExpressionCompiler compiler, RowMaker maker, Table table, ScopeSource target)
    {
        Predicate when = node.SearchCondition is null ? static _ => Truth.True : compiler.Compile(node.SearchCondition);
        var condition = node.Condition == MergeCondition.NotMatchedByTarget ? MergeCondition.NotMatched : node.Condition;
        switch (node.Action)
        {
            case DeleteMergeAction:
                return new Clause(condition, when, static (_, _, _) => null, []);
            case UpdateMergeAction update:
                var (columns, _) = WriteCompiler.Assignments(context, compiler, maker, table, target, update.SetClauses);
                return new Clause(condition, when, (run, frame, before) =>
                {
                    var after = (object?[])before!.Clone();
                    columns.ForEach(c => after[c.Position] = c.Value(frame));
                    return maker.Complete(run, after, null, frame);
                }, columns.Select(c => c.Position).ToHashSet());
            default:
                return Insert((InsertMergeAction)node.Action, condition, when, compiler, maker, table);
        }
    }

    private Clause Insert(InsertMergeAction insert, MergeCondition condition, Predicate when, ExpressionCompiler compiler, RowMaker maker, Table table)
    {
        var positions = new InsertCompiler(context).Positions(table, insert.Columns);
        var given = new bool[table.Columns.Count];
        var cells = insert.Source.RowValues[0].ColumnValues.Select((value, i) =>
        {
            if (value is DefaultLiteral)
            {
                return (positions[i], null);
            }
            given[positions[i]] = true;
            return (Position: positions[i], Value: (Scalar?)maker.Assignment(table.Columns[positions[i]], compiler.Compile(value)));
        }).ToArray();
        return new Clause(condition, when, (run, frame, _) =>
        {
            var row = new object?[table.Columns.Count];
            foreach (var (position, value) in cells)
            {
                row[position] = value?.Invoke(frame);
            }
            return maker.Complete(run, row, given, frame);
        }, []);
    }

    private sealed record Clause(MergeCondition Condition, Predicate When, Func<BatchContext, Frame, object?[]?, object?[]?> Make, HashSet<int> Touches);
}
