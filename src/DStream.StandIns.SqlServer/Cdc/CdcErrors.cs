using DStream.StandIns.SqlServer.Sessions;
using DStream.StandIns.SqlServer.Values;

namespace DStream.StandIns.SqlServer.Cdc;

/// <summary>The errors of the CDC procedures.</summary>
internal static class CdcErrors
{
    public static SqlErrorException DatabaseNotEnabled(string database) => Errors.Of(22901, 16,
        $"The database '{database}' is not enabled for Change Data Capture. Ensure that the correct database context is set and retry the operation. To report on the databases enabled for Change Data Capture, query the is_cdc_enabled column in the sys.databases catalog view.");

    public static SqlErrorException DatabaseAlreadyEnabled(string database) => Errors.Of(22906, 16,
        $"The database '{database}' is already enabled for Change Data Capture. Ensure that the correct database context is set, and retry the operation.");

    public static SqlErrorException NoSourceTable(string schema, string table) => Errors.Of(22931, 16,
        $"Source table '{schema}.{table}' does not exist in the current database. Ensure that the correct database context is set. Specify a valid schema and table name for the database.");

    public static SqlErrorException InstanceExists(string instance) => Errors.Of(22926, 16,
        $"Could not create a capture instance because the capture instance name '{instance}' already exists in the current database. Specify an explicit unique name for the parameter @capture_instance.");

    public static SqlErrorException TwoInstances(string schema, string table) => Errors.Of(22962, 16,
        $"Two capture instances already exist for source table '{schema}.{table}'. A table can have at most two capture instances. If the current tracking options are not appropriate, disable change tracking for the obsolete instance by using sys.sp_cdc_disable_table and retry the operation.");

    public static SqlErrorException NoUniqueIndex() => Errors.Of(22939, 16,
        "The parameter @supports_net_changes is set to 1, but the source table does not have a primary key defined and no alternate unique index has been specified.");

    public static SqlErrorException BadIndex(string index, string table) => Errors.Of(22940, 16,
        $"Could not find a unique index '{index}' for the source table '{table}' whose columns are all captured.");

    public static SqlErrorException BadColumns(string schema, string table) => Errors.Of(22942, 16,
        $"Columns specified in the captured column list could not be mapped to columns in source table '{schema}.{table}'. Verify that the columns specified in the parameter @captured_column_list are delimited properly and identify columns in the source table.");

    public static SqlErrorException TableNotEnabled(string schema, string table) => Errors.Of(22985, 16,
        $"Change data capture has not been enabled for source table '{schema}.{table}'. Specify the name of a table enabled for Change Data Capture. To report on the tables enabled for Change Data Capture, query the is_tracked_by_cdc column in the sys.tables catalog view.");

    public static SqlErrorException NoInstance(string instance, string schema, string table) => Errors.Of(22960, 16,
        $"Change data capture instance '{instance}' has not been enabled for the source table '{schema}.{table}'. Use sys.sp_cdc_help_change_data_capture to verify the capture instance name and retry the operation.");
}
