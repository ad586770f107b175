using DStream.StandIns.SqlServer.Sessions;
using DStream.StandIns.SqlServer.Values;

namespace DStream.StandIns.SqlServer.Cdc;

/// <summary>
/// The errors of the CDC procedures. Numbers and texts: Microsoft Learn, "Database engine events and errors (22000 to 22999)".
/// </summary>
internal static class CdcErrors
{
    public static SqlErrorException DatabaseNotEnabled(string database) => Errors.Of(22901, 16,
        $"The database '{database}' is not enabled for Change Data Capture. Ensure that the correct database context is set and retry the operation. To report on the databases enabled for Change Data Capture, query the is_cdc_enabled column in the sys.databases catalog view.");

    public static SqlErrorException NotAdministrator() => Errors.Of(22902, 16,
        "Caller is not authorized to initiate the requested action. Sysadmin privileges are required.");

    public static SqlErrorException AlreadyScanning(short session) => Errors.Of(22903, 16,
        $"Another connection with session ID {session} is already running 'sp_replcmds' for Change Data Capture in the current database.");

    public static SqlErrorException NotOwner() => Errors.Of(22904, 16,
        "Caller is not authorized to initiate the requested action. DBO privileges are required.");

    /// <summary>A message of severity 10, not an error.</summary>
    public static SqlError DatabaseAlreadyEnabled(string database) => new(22905, 1, 10,
        $"Database '{database}' is already enabled for Change Data Capture. Ensure that the correct database context is set, and retry the operation. To report on the databases enabled for Change Data Capture, query the is_cdc_enabled column in the sys.databases catalog view.");

    public static SqlErrorException SchemaTaken(string database) => Errors.Of(22906, 16,
        $"The database '{database}' cannot be enabled for Change Data Capture because a database user named 'cdc' or a schema named 'cdc' already exists in the current database. These objects are required exclusively by Change Data Capture. Drop or rename the user or schema and retry the operation.");

    public static SqlErrorException SystemDatabase(string database) => Errors.Of(22989, 16,
        $"Could not enable Change Data Capture for database '{database}'. Change data capture is not supported on system databases, or on a distribution database.");

    public static SqlErrorException EmptyRole() => Errors.Of(22907, 16,
        "Parameter @role_name cannot be empty. Specify a value for @role_name and retry the operation. Supply null as the value if no role is to be used to gate access to captured change data.");

    public static SqlErrorException TooManyColumns(string instance) => Errors.Of(22925, 16,
        $"The number of columns captured by capture instance '{instance}' exceeds the maximum allowed number: 1024. Use the @captured_columns_list parameter to specify a subset of the columns less than or equal to the maximum allowed and resubmit the request.");

    public static SqlErrorException InstanceExists(string instance) => Errors.Of(22926, 16,
        $"Could not create a capture instance because the capture instance name '{instance}' already exists in the current database. Specify an explicit unique name for the parameter @capture_instance.");

    public static SqlErrorException InstanceNameTooLong(string instance) => Errors.Of(22927, 16,
        $"Capture instance name '{instance}' exceeds the length limit of 100 characters. Specify a name that satisfies the length constraint.");

    public static SqlErrorException NoIndex(string index, string schema, string table) => Errors.Of(22928, 16,
        $"Index name '{index}' is not an index for table '{schema}.{table}'. Specify a valid index name for the table.");

    public static SqlErrorException IndexNotUnique(string index, string schema, string table) => Errors.Of(22929, 16,
        $"Index '{index}' must be either a primary key or a unique index for table '{schema}.{table}'. Specify an index that meets at least one of these requirements.");

    public static SqlErrorException NullableIndex(string index, string schema, string table) => Errors.Of(22838, 16,
        $"All columns of a CDC unique index must be defined as NOT NULL. Index '{index}' selected as the CDC unique index for source table '{schema}.{table}' does not meet this requirement. Define all columns of the selected index as NOT NULL or select another unique index as the CDC index and resubmit the request.");

    public static SqlErrorException WideIndex(string index, string schema, string table) => Errors.Of(22865, 16,
        $"The number of columns in the index '{index}', used as the unique row identifier to support net changes for table '{schema}'.'{table}', exceeds the limit of 14 columns. Set the parameter @supports_net_changes to 0 or use the @index_name parameter to identify a unique index with fewer than 15 columns as the unique row identifier and resubmit the request.");

    public static SqlErrorException NoColumn(string column, string schema, string table) => Errors.Of(22930, 16,
        $"Could not locate '{column}' as a column of source table '{schema}.{table}'. Specify a valid column name.");

    public static SqlErrorException NoSourceTable(string schema, string table) => Errors.Of(22931, 16,
        $"Source table '{schema}.{table}' does not exist in the current database. Ensure that the correct database context is set. Specify a valid schema and table name for the database.");

    public static SqlErrorException NoUniqueIndex() => Errors.Of(22939, 16,
        "The parameter @supports_net_changes is set to 1, but the source table does not have a primary key defined and no alternate unique index has been specified.");

    public static SqlErrorException BadColumns(string schema, string table) => Errors.Of(22942, 16,
        $"Columns specified in the captured column list could not be mapped to columns in source table '{schema}.{table}'. Verify that the columns specified in the parameter @captured_column_list are delimited properly and match columns in the source table.");

    public static SqlErrorException KeyNotCaptured() => Errors.Of(22943, 16,
        "Columns used to uniquely identify a row for net change tracking must be included in the list of captured columns. Add either the primary key columns of the source table, or the columns defined for the index specified in the parameter @index_name to the list of captured columns and retry the operation.");

    public static SqlErrorException NoInstance(string instance, string schema, string table) => Errors.Of(22960, 16,
        $"Change data capture instance '{instance}' has not been enabled for the source table '{schema}.{table}'. Use sys.sp_cdc_help_change_data_capture to verify the capture instance name and retry the operation.");

    public static SqlErrorException NoNamedInstance(string instance, string database) => Errors.Of(22920, 16,
        $"The named capture instance {instance} does not exist for database {database}.");

    public static SqlErrorException TwoInstances(string schema, string table) => Errors.Of(22962, 16,
        $"Two capture instances already exist for source table '{schema}.{table}'. A table can have at most two capture instances. If the current tracking options are not appropriate, disable change tracking for the obsolete instance by using sys.sp_cdc_disable_table and retry the operation.");

    public static SqlErrorException NullParameter(string parameter) => Errors.Of(22963, 16,
        $"Parameter '{parameter}' cannot be null or empty. Specify a value for the named parameter and retry the operation.");

    public static SqlErrorException NoMappingEntry(Lsn lsn) => Errors.Of(22964, 16,
        $"LSN 0x{lsn}, specified as the new low end point for change table cleanup must represent the start_lsn value of a current entry in the cdc.lsn_time_mapping table. Choose an LSN value that satisfies this requirement.");

    public static SqlErrorException UnterminatedColumn() => Errors.Of(22965, 16,
        "A quoted column in the column list is not properly terminated. Verify that columns are correctly delimited and retry the operation. For more information, see 'Delimited Identifiers' in Books Online.");

    public static SqlErrorException HalfAName() => Errors.Of(22972, 16,
        "When calling stored procedure [sys].sp_cdc_help_change_data capture, if either @source_schema or @source_name is non-null and non-empty, the other parameter must also be non-null and non-empty.");

    public static SqlErrorException NoFilegroup(string filegroup, string database) => Errors.Of(22973, 16,
        $"The specified filegroup '{filegroup}' is not a valid filegroup for database '{database}'. Specify a valid existing filegroup or create the named filegroup, and retry the operation.");

    public static SqlErrorException CdcSchema() => Errors.Of(22974, 16, "Tables contained in the cdc schema cannot be enabled for Change Data Capture.");

    public static SqlErrorException ReservedColumn(string table) => Errors.Of(22975, 16,
        $"Source table '{table}' contains one of the following reserved column names: __$start_lsn, __$end_lsn, __$seqval, __$operation, and __$update_mask. To enable Change Data Capture for this table, specify a captured column list and ensure that these columns are excluded from the list.");

    public static CaptureFault CouldNotAlter(string column, string changeTable, string table) => new(22976,
        $"Could not alter column '{column}' of change table '{changeTable}' in response to a data type change in the corresponding column of the source table '{table}'. The Change Data Capture meta data for source table '{table}' no longer accurately reflects the source table. Refer to previous errors in the current session to identify the cause and correct any associated problems.");

    public static SqlErrorException ConstraintInUse(string index, string table) => Errors.Of(22979, 16,
        $"The unique index '{index}' on table '{table}' is used by Change Data Capture. The constraint using this index cannot be dropped or disabled.");

    public static SqlErrorException IndexInUse(string index, string table) => Errors.Of(22983, 16,
        $"The unique index '{index}' on source table '{table}' is used by Change Data Capture. To alter or drop the index, you must first disable Change Data Capture on the table.");

    public static SqlErrorException NoObjectOrAccess() => Errors.Of(22981, 16, "Object does not exist or access is denied.");

    public static SqlErrorException TableNotEnabled(string schema, string table) => Errors.Of(22985, 16,
        $"Change data capture has not been enabled for source table '{schema}.{table}'. Specify the name of a table enabled for Change Data Capture. To report on the tables enabled for Change Data Capture, query the is_tracked_by_cdc column in the sys.tables catalog view.");

    /// <summary>Warning 22857, a message of severity 10.</summary>
    public static SqlError NotPartitioned() => new(22857, 1, 10,
        "Warning: The @allow_partition_switch parameter must be 1 for tables that are not partitioned. The explicit setting of the parameter to 0 was ignored. Refer to books online for more information about partition switching behavior when using Change Data Capture.");
}
