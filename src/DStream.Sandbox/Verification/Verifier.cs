using DStream.Core;
using DStream.Sandbox.Workloads;

namespace DStream.Sandbox.Verification;

/// <summary>Compares what was committed with what was delivered, change by change and value by value.</summary>
public static class Verifier
{
    /// <summary>Over all tables.</summary>
    public static Verdict Compare(IEnumerable<SandboxTable> tables, CommittedLog committed, DeliveredLog delivered) =>
        tables.Select(table => Compare(committed.Of(table.Name), delivered.Of(table.Name)))
            .Aggregate(new Verdict(0, 0, 0, 0), static (sum, table) => sum.Plus(table));

    /// <summary>One table: both in their own order.</summary>
    public static Verdict Compare(IReadOnlyList<CommittedChange> committed, IReadOnlyList<DeliveredChange> delivered)
    {
        // A statement raises the version and touches a row once, so these name a change: a delete carries the version it found.
        var missing = committed.ToDictionary(static change => (change.Operation, change.Row.Id, change.Row.Version));
        long duplicated = 0, outOfOrder = 0, wrong = 0, last = 0;
        foreach (var change in delivered)
        {
            if (!missing.Remove((change.Operation, change.Row.Id, change.Row.Version), out var expected))
            {
                duplicated++;
                continue;
            }

            if (expected.Row != change.Row) wrong++;
            if (expected.Order < last) outOfOrder++;
            last = Math.Max(last, expected.Order);
        }

        return new Verdict(committed.Count, missing.Count + wrong, duplicated, outOfOrder);
    }
}
