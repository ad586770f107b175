namespace DStream.Core;

/// <summary>How the changes of a table are read from the database.</summary>
public enum ReadMode
{
    /// <summary>
    /// Poll through the function, whose range check is the gap guard; read rows from the change table in command order where
    /// the login may and the column exists, else through the function. The default.
    /// </summary>
    Auto = 0,

    /// <summary>Read only through <c>cdc.fn_cdc_get_all_changes_&lt;instance&gt;</c>, which does not return the command id.</summary>
    Function,

    /// <summary>Read only the change table, in command order. The login needs SELECT on <c>cdc.&lt;instance&gt;_CT</c>.</summary>
    ChangeTable,
}
