using DStream.StandIns.SqlServer.Catalog;
using DStream.StandIns.SqlServer.Expressions;
using DStream.StandIns.SqlServer.Queries;
using DStream.StandIns.SqlServer.Storage;
using DStream.StandIns.SqlServer.Transactions;
using DStream.StandIns.SqlServer.Values;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace DStream.StandIns.SqlServer.Statements;

/// <summary>A compiled MERGE: finds what to do to which row first, then does it.</summary>
internal sealed class MergeRun(
    Database database, Table table, Scope scope, int state, RowNode joined, RowNode source, TargetSource target, int ordinal, MergeClause[] clauses, OutputPlan? output, Scalar? top)
{
    public long Run(BatchContext run, Transaction transaction, List<object?[]> outputs)
    {
        var frame = new Frame(run, scope.Sources.Count, scope.States, null);
        var limit = run.Session.Settings.Limit((long?)top?.Invoke(frame));
        var work = Joined(run, frame, transaction, out var met);
        if (Array.Exists(clauses, c => c.Condition == MergeCondition.NotMatchedBySource))
        {
            BySource(run, frame, met, work);
        }
        if (work.Count > limit)
        {
            work.RemoveRange((int)limit, work.Count - (int)limit);
        }
        Apply(run, new RowWriter(database, table, transaction, run.LocalNow), work);
        if (output is not null)
        {
            work.ForEach(w => output.Add(run, transaction, w.Before is null ? "INSERT" : w.After is null ? "DELETE" : "UPDATE", w.After, w.Before, outputs, w.Sources));
        }
        return work.Count;
    }

    private List<Step> Joined(BatchContext run, Frame frame, Transaction transaction, out HashSet<RowSlot> met)
    {
        var work = new List<Step>();
        met = [];
        var touched = new HashSet<RowSlot>();
        foreach (var _ in joined.Open(frame))
        {
            // The join fills the target with NULLs where nothing matched; then the slot is not this row's.
            var slot = frame.States[state] as RowSlot;
            var current = transaction.Snapshot is { } snapshot ? slot?.Visible(transaction, snapshot) : slot?.Latest(transaction);
            var isMatch = current is not null && ReferenceEquals(frame.Rows[ordinal], current);
            if (isMatch)
            {
                met.Add(slot!);
            }
            if (Array.Find(clauses, c => c.Condition == (isMatch ? MergeCondition.Matched : MergeCondition.NotMatched) && c.When(frame) == Truth.True) is not { } clause)
            {
                continue;
            }
            if (isMatch && !touched.Add(slot!))
            {
                throw Errors.Of(8672, 16, "The MERGE statement attempted to UPDATE or DELETE the same row more than once. This happens when a target row matches more than one source row. A MERGE statement cannot UPDATE/DELETE the same row of the target table multiple times. Refine the ON clause to ensure a target row matches at most one source row, or use the GROUP BY clause to group the source rows.");
            }
            Add(run, frame, clause, isMatch ? slot : null, work);
        }
        return work;
    }

    private void BySource(BatchContext run, Frame frame, HashSet<RowSlot> met, List<Step> work)
    {
        foreach (var leaf in source.Leaves)
        {
            frame.Rows[leaf.ScopeSource.Ordinal] = new object?[leaf.ScopeSource.Columns.Count];
        }
        foreach (var row in target.Read(run, frame, null, KeyRange.All))
        {
            var slot = (RowSlot)frame.States[state]!;
            frame.Rows[ordinal] = row;
            if (!met.Contains(slot) && Array.Find(clauses, c => c.Condition == MergeCondition.NotMatchedBySource && c.When(frame) == Truth.True) is { } clause)
            {
                Add(run, frame, clause, slot, work);
            }
        }
    }

    private void Add(BatchContext run, Frame frame, MergeClause clause, RowSlot? slot, List<Step> work)
    {
        var before = slot is null ? null : frame.Rows[ordinal];
        work.Add(new Step(clause, slot, before, clause.Make(run, frame, before), output?.Capture(frame)));
    }

    private void Apply(BatchContext run, RowWriter writer, List<Step> work)
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
        writer.Finish(run, "MERGE");
    }

    private sealed record Step(MergeClause Clause, RowSlot? Slot, object?[]? Before, object?[]? After, Frame? Sources);
}
