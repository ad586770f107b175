using DStream.Core;

namespace DStream.SqlServer;

/// <summary>
/// The texts that read a page: a guard, one or two selects, and the low end after them, in one round trip. Made once for a table.
/// </summary>
/// <remarks>
/// Inside a transaction command order needs two selects, the rest of the transaction and what follows it. As one select with a predicate
/// over four columns the server could seek by the start LSN alone, and read a large transaction from its beginning for every page of it;
/// apart, each is one seek in the clustered index, already in order (an OR over several key columns is a filter, not a seek).
/// </remarks>
internal sealed class PageStatements
{
    private const string MinLsn = "SELECT sys.fn_cdc_get_min_lsn(@instance);\n";
    private const string CommandOrder = "ORDER BY ct.[__$start_lsn], ct.[__$command_id], ct.[__$seqval], ct.[__$operation];\n";
    private const string FunctionOrder = "ORDER BY ct.[__$start_lsn], ct.[__$seqval], ct.[__$operation];\n";
    private const string Range = "ct.[__$start_lsn] >= @from AND ct.[__$start_lsn] <= @to";

    // Ordinals of the select list; the captured columns follow.
    public const int StartLsn = 0;
    public const int CommandId = 1;
    public const int SeqVal = 2;
    public const int Operation = 3;
    public const int UpdateMask = 4;
    public const int CommitTime = 5;
    public const int FirstColumn = 6;

    private readonly string _outside;
    private readonly string _inside;

    public PageStatements(CaptureInstance instance, ReadPlan plan, UpdateImages images)
    {
        CommandOrdered = plan.CommandOrder;
        MinLsnFirst = plan.CommandOrder && !plan.FunctionGuard;
        GuardFirst = plan.CommandOrder;
        if (plan.CommandOrder)
        {
            var guard = plan.FunctionGuard ? $"SELECT TOP (1) f.[__$start_lsn] FROM {instance.Function}(@from, @to, N'all') AS f;\n" : MinLsn;
            var notBefore = images == UpdateImages.After ? " AND ct.[__$operation] <> 3" : "";
            string Select(string top, string where) =>
                $"SELECT TOP ({top}) {Columns(instance, plan, "ct.[__$command_id]")} FROM {instance.ChangeTable} AS ct{Times(plan)} WHERE {where}{notBefore} {CommandOrder}";

            _outside = guard + Select("@rows", Range) + MinLsn;
            _inside = guard
                + Select("@rows", "ct.[__$start_lsn] = @from AND ct.[__$command_id] >= @command AND (ct.[__$command_id] > @command "
                    + "OR ct.[__$seqval] > @seqval OR (ct.[__$seqval] = @seqval AND ct.[__$operation] > @operation))")
                + "DECLARE @read int = @@ROWCOUNT;\n"
                + Select("@rows - @read", "ct.[__$start_lsn] > @from AND ct.[__$start_lsn] <= @to")
                + MinLsn;
        }
        else
        {
            var option = images == UpdateImages.After ? "all" : "all update old";
            var select = $"SELECT TOP (@rows) {Columns(instance, plan, "-1 AS [__$command_id]")} FROM {instance.Function}(@from, @to, N'{option}') AS ct{Times(plan)} ";
            _outside = select + FunctionOrder + MinLsn;
            _inside = select + "WHERE (ct.[__$start_lsn] > @from OR ct.[__$seqval] > @seqval OR (ct.[__$seqval] = @seqval AND ct.[__$operation] > @operation)) "
                + FunctionOrder + MinLsn;
        }
    }

    /// <summary>Whether rows come in command order.</summary>
    public bool CommandOrdered { get; }

    /// <summary>Whether a guard's result set precedes the rows.</summary>
    public bool GuardFirst { get; }

    /// <summary>Whether that guard is the low end; else it is a call of the function, which fails by itself.</summary>
    public bool MinLsnFirst { get; }

    /// <summary>The text for a position inside a transaction, or between two.</summary>
    public string Text(bool inside) => inside ? _inside : _outside;

    /// <summary>How many result sets of rows it returns.</summary>
    public int RowSets(bool inside) => inside && CommandOrdered ? 2 : 1;

    private static string Times(ReadPlan plan) =>
        plan.JoinTimes ? " LEFT JOIN [cdc].[lsn_time_mapping] AS m ON m.[start_lsn] = ct.[__$start_lsn]" : "";

    private static string Columns(CaptureInstance instance, ReadPlan plan, string commandId)
    {
        var time = plan.JoinTimes ? "m.[tran_end_time]" : "sys.fn_cdc_map_lsn_to_time(ct.[__$start_lsn]) AS [tran_end_time]";
        var captured = string.Concat(instance.Columns.Select(column => ", ct." + CaptureInstance.Quote(column.Name)));
        return $"ct.[__$start_lsn], {commandId}, ct.[__$seqval], ct.[__$operation], ct.[__$update_mask], {time}{captured}";
    }
}
