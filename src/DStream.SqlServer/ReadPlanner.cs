using DStream.Core;
using Microsoft.Data.SqlClient;

namespace DStream.SqlServer;

/// <summary>Finds out what the login may read, and chooses.</summary>
internal sealed class ReadPlanner(SqlServerDatabase database, Remedies remedies)
{
    public async ValueTask<ReadPlan> PlanAsync(SqlConnection connection, CaptureInstance instance, ReadMode mode, CancellationToken cancellationToken)
    {
        var changeTable = await ProbeAsync(database.Command(connection, MetadataStatements.ProbeChangeTable(instance)), cancellationToken);
        var function = mode == ReadMode.ChangeTable ? null : await ProbeFunctionAsync(connection, instance, cancellationToken);
        var times = await ProbeAsync(database.Command(connection, MetadataStatements.ProbeTimes), cancellationToken) is null;
        var readable = changeTable is null or { Number: SqlErrors.InvalidColumn };

        if (mode != ReadMode.Function && changeTable is null)
        {
            var guarded = mode == ReadMode.Auto && function is null;
            var reason = mode == ReadMode.ChangeTable ? "read_mode says so"
                : guarded ? "the login may read the change table, and __$command_id exists"
                : "the login may read the change table but not call the function, so the low end alone guards against gaps";
            return new ReadPlan(CommandOrder: true, guarded, times, readable, reason);
        }

        if (mode == ReadMode.ChangeTable) throw NoChangeTable(instance, changeTable!);
        if (function is not null) throw NoFunction(instance, function);
        return new ReadPlan(CommandOrder: false, FunctionGuard: false, times, readable, mode == ReadMode.Function ? "read_mode says so" : WhyNot(changeTable!));
    }

    private async ValueTask<SqlException?> ProbeFunctionAsync(SqlConnection connection, CaptureInstance instance, CancellationToken cancellationToken)
    {
        ValueTask<SqlException?> ProbeAsync() =>
            ReadPlanner.ProbeAsync(database.Command(connection, MetadataStatements.ProbeFunction(instance)).With("@lsn", instance.LowLsn), cancellationToken);
        var refused = await ProbeAsync();
        if (refused?.Number != SqlErrors.FunctionArguments) return refused;

        // Once the max LSN has reached the instance, only a refusal after that tells of permissions: capture may have caught up in between.
        return await IsBeyondCaptureAsync(connection, instance, cancellationToken) ? null : await ProbeAsync();
    }

    /// <summary>The error that the statement fails with, or null. Errors that say nothing about permissions and columns are thrown.</summary>
    private static async ValueTask<SqlException?> ProbeAsync(SqlCommand probe, CancellationToken cancellationToken)
    {
        await using var command = probe;
        try
        {
            await command.ExecuteScalarAsync(cancellationToken);
            return null;
        }
        catch (SqlException e) when (e.Number is SqlErrors.InvalidColumn or SqlErrors.FunctionArguments || SqlErrors.IsDenied(e.Number))
        {
            return e;
        }
    }

    // A new instance can begin above the max LSN: the function then refuses every range, and that says nothing about permissions.
    private async ValueTask<bool> IsBeyondCaptureAsync(SqlConnection connection, CaptureInstance instance, CancellationToken cancellationToken)
    {
        await using var command = database.Command(connection, MetadataStatements.MaxLsn);
        return await command.ExecuteScalarAsync(cancellationToken) is not byte[] max || Lsn.Read(max) < instance.LowLsn;
    }

    private TableNotReadyException NoChangeTable(CaptureInstance instance, SqlException e) => e.Number == SqlErrors.InvalidColumn
        ? new TableNotReadyException(instance.Table, $"the change table {instance.ChangeTable} has no column __$command_id, which read_mode "
            + "change_table orders by; it came with an update of the server that did not upgrade this database.", remedies.Upgrade, e)
        : new TableNotReadyException(instance.Table, $"the login may not read the change table {instance.ChangeTable}.", remedies.ReadChangeTable(instance), e);

    private TableNotReadyException NoFunction(CaptureInstance instance, SqlException e) =>
        new(instance.Table, $"the login may not call {instance.Function}: it needs SELECT on all captured columns and the gating role, if there is one.",
            remedies.ReadFunction(instance), e);

    private static string WhyNot(SqlException changeTable) => changeTable.Number == SqlErrors.InvalidColumn
        ? "the change table has no column __$command_id"
        : "the login may not read the change table";
}
