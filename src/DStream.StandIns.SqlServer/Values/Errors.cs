using DStream.StandIns.SqlServer.Sessions;

namespace DStream.StandIns.SqlServer.Values;

/// <summary>The errors of SQL Server that the engine raises, with their numbers, classes and texts.</summary>
internal static class Errors
{
    public static SqlErrorException Of(int number, byte severity, string message, byte state = 1, string procedure = "") =>
        new(new SqlError(number, state, severity, message, procedure));

    /// <summary>What the stand-in does not do: never an exception of another kind, never a dropped connection.</summary>
    public static SqlErrorException Unsupported(string what) => Of(50000, 16, $"stand-in: {what} is not supported");

    public static SqlErrorException Syntax(string near) => Of(102, 15, $"Incorrect syntax near '{near}'.");

    public static SqlErrorException InvalidObject(string name) => Of(208, 16, $"Invalid object name '{name}'.");

    public static SqlErrorException InvalidColumn(string name) => Of(207, 16, $"Invalid column name '{name}'.");

    public static SqlErrorException Unbound(string name) => Of(4104, 16, $"The multi-part identifier \"{name}\" could not be bound.");

    public static SqlErrorException AmbiguousColumn(string name) => Of(209, 16, $"Ambiguous column name '{name}'.");

    public static SqlErrorException UndeclaredVariable(string name) => Of(137, 15, $"Must declare the scalar variable \"{name}\".", 2);

    public static SqlErrorException TooDeep() =>
        Of(217, 16, "Maximum stored procedure, function, trigger, or view nesting level exceeded (limit 32).");

    public static SqlErrorException UndeclaredTable(string name) => Of(1087, 15, $"Must declare the table variable \"{name}\".", 2);

    public static SqlErrorException NoProcedure(string name) => Of(2812, 16, $"Could not find stored procedure '{name}'.", 62);

    public static SqlErrorException NoFunction(string name) => Of(195, 15, $"'{name}' is not a recognized built-in function name.", 10);

    public static SqlErrorException NoDatabase(string name) =>
        Of(911, 16, $"Database '{name}' does not exist. Make sure that the name is entered correctly.");

    public static SqlErrorException Conversion(string from, object value, string to) =>
        Of(245, 16, $"Conversion failed when converting the {from} value '{value}' to data type {to}.");

    public static SqlErrorException DateConversion() => Of(241, 16, "Conversion failed when converting date and/or time from character string.");

    public static SqlErrorException NumericConversion(string from, string to) => Of(8114, 16, $"Error converting data type {from} to {to}.", 5);

    public static SqlErrorException GuidConversion() => Of(8169, 16, "Conversion failed when converting from a character string to uniqueidentifier.", 2);

    public static SqlErrorException NoImplicitConversion(string from, string to) =>
        Of(206, 16, $"Operand type clash: {from} is incompatible with {to}", 2);

    public static SqlErrorException Overflow(string to) =>
        Of(8115, 16, $"Arithmetic overflow error converting expression to data type {to}.", 2);

    /// <summary>Between the integer types up to int the server names the value.</summary>
    public static SqlErrorException Overflow(string to, long value) =>
        Of(220, 16, $"Arithmetic overflow error for data type {to}, value = {value}.", to == "tinyint" ? (byte)2 : (byte)1);

    public static SqlErrorException DivideByZero() => Of(8134, 16, "Divide by zero error encountered.");

    public static SqlErrorException Truncated(string table, string column, string value) => Of(2628, 16,
        $"String or binary data would be truncated in table '{table}', column '{column}'. Truncated value: '{value}'.");

    public static SqlErrorException NullColumn(string column, string table, string operation) => Of(515, 16,
        $"Cannot insert the value NULL into column '{column}', table '{table}'; column does not allow nulls. {operation} fails.", 2);

    public static SqlErrorException DuplicateKey(string constraint, string table, string key) => Of(2627, 14,
        $"Violation of {constraint}. Cannot insert duplicate key in object '{table}'. The duplicate key value is {key}.");

    public static SqlErrorException DuplicateIndexKey(string table, string index, string key) => Of(2601, 14,
        $"Cannot insert duplicate key row in object '{table}' with unique index '{index}'. The duplicate key value is {key}.");

    public static SqlErrorException ObjectExists(string name) => Of(2714, 16, $"There is already an object named '{name}' in the database.", 6);

    public static SqlErrorException LockTimeout() => Of(1222, 16, "Lock request time out period exceeded.", 45);

    public static SqlErrorException Deadlock(short session) => Of(1205, 13,
        $"Transaction (Process ID {session}) was deadlocked on lock resources with another process and has been chosen as the deadlock victim. Rerun the transaction.", 51);

    public static SqlErrorException SnapshotConflict(string table, string database) => Of(3960, 16,
        $"Snapshot isolation transaction aborted due to update conflict. You cannot use snapshot isolation to access table '{table}' directly or indirectly in database '{database}' to update, delete, or insert the row that has been modified or deleted by another transaction. Retry the transaction or change the isolation level for the update/delete statement.", 2);

    public static SqlErrorException SnapshotNotAllowed(string database) => Of(3952, 16,
        $"Snapshot isolation transaction failed accessing database '{database}' because snapshot isolation is not allowed in this database. Use ALTER DATABASE to allow snapshot isolation.");

    public static SqlErrorException NotBegunAsSnapshot(string database) => Of(3951, 16,
        $"Transaction failed in database '{database}' because the statement was run under snapshot isolation but the transaction did not start in snapshot isolation. You cannot change the isolation level of the transaction to snapshot after the transaction has started unless the transaction was originally started under snapshot isolation level.");

    public static SqlErrorException Doomed() => Of(3930, 16,
        "The current transaction cannot be committed and cannot support operations that write to the log file. Roll back the transaction.");

    public static SqlErrorException NoTransaction(string verb) =>
        Of(verb == "COMMIT" ? 3902 : 3903, 16, $"The {verb} TRANSACTION request has no corresponding BEGIN TRANSACTION.");
}
