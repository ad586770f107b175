namespace DStream.SqlServer;

/// <summary>Statements over the catalog and the metadata of change data capture.</summary>
internal static class MetadataStatements
{
    /// <summary>Whether the database captures changes; then the table, as it is spelled.</summary>
    public const string Table = """
        SELECT d.is_cdc_enabled FROM sys.databases AS d WHERE d.database_id = DB_ID();
        SELECT t.object_id, s.name, t.name FROM sys.tables AS t JOIN sys.schemas AS s ON s.schema_id = t.schema_id
        WHERE s.name = @schema AND t.name = @table;
        """;

    /// <summary>The capture instances of a table, the older first.</summary>
    public const string Instances = """
        SELECT c.capture_instance, c.object_id, c.role_name FROM cdc.change_tables AS c
        WHERE c.source_object_id = @table ORDER BY c.create_date, c.object_id;
        """;

    /// <summary>Captured columns; key columns as captured; the primary key; the low end.</summary>
    public const string Columns = """
        SELECT c.column_name, c.column_ordinal, c.is_computed FROM cdc.captured_columns AS c
        WHERE c.object_id = @changes ORDER BY c.column_ordinal;
        SELECT k.column_name FROM cdc.index_columns AS k WHERE k.object_id = @changes ORDER BY k.index_ordinal;
        SELECT c.name FROM sys.indexes AS i
        JOIN sys.index_columns AS k ON k.object_id = i.object_id AND k.index_id = i.index_id
        JOIN sys.columns AS c ON c.object_id = k.object_id AND c.column_id = k.column_id
        WHERE i.object_id = @table AND i.is_primary_key = 1 AND k.key_ordinal > 0 ORDER BY k.key_ordinal;
        SELECT sys.fn_cdc_get_min_lsn(@instance);
        """;

    public const string MinLsn = "SELECT sys.fn_cdc_get_min_lsn(@instance);";

    public const string MaxLsn = "SELECT sys.fn_cdc_get_max_lsn();";

    public const string Range = "SELECT sys.fn_cdc_get_min_lsn(@instance), sys.fn_cdc_get_max_lsn();";

    /// <summary>The low ends of all capture instances.</summary>
    public const string LowEnds = "SELECT c.capture_instance, c.start_lsn FROM cdc.change_tables AS c;";

    /// <summary>Fails with 207 where the column is missing and with 229 where the login may not read.</summary>
    public static string ProbeChangeTable(CaptureInstance instance) => $"SELECT TOP (0) ct.[__$command_id] FROM {instance.ChangeTable} AS ct;";

    /// <summary>Fails with 229 where the login may not call, and with 313 where it may not or nothing was captured yet.</summary>
    public static string ProbeFunction(CaptureInstance instance) =>
        $"SELECT TOP (1) f.[__$start_lsn] FROM {instance.Function}(@lsn, @lsn, N'all') AS f;";

    public const string ProbeTimes = "SELECT TOP (0) m.[tran_end_time] FROM [cdc].[lsn_time_mapping] AS m;";
}
