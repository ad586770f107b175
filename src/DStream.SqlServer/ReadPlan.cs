namespace DStream.SqlServer;

/// <summary>How a table's rows are read, chosen when it is opened.</summary>
/// <param name="CommandOrder">From the change table in command order; else through the function, whose order lacks the command id.</param>
/// <param name="FunctionGuard">Whether the function's own range check guards the page, besides the low end after it.</param>
/// <param name="JoinTimes">Whether commit times come by a join with cdc.lsn_time_mapping; else by sys.fn_cdc_map_lsn_to_time, which
/// everybody may call and which costs a call a row.</param>
/// <param name="ChangeTableReadable">Whether the login may read the change table.</param>
/// <param name="Reason">Why, for people.</param>
internal sealed record ReadPlan(bool CommandOrder, bool FunctionGuard, bool JoinTimes, bool ChangeTableReadable, string Reason);
