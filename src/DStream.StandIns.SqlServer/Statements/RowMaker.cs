using DStream.StandIns.SqlServer.Catalog;
using DStream.StandIns.SqlServer.Expressions;
using DStream.StandIns.SqlServer.Storage;
using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Values;

namespace DStream.StandIns.SqlServer.Statements;

/// <summary>Makes the rows a statement writes: values converted to their columns, defaults, identity, rowversion, computed columns.</summary>
internal sealed class RowMaker(Database database, Table table)
{
    /// <summary>How an expression becomes a value of a column: converted, and an error where text or bytes would be cut.</summary>
    public Scalar Assignment(TableColumn column, Expr value)
    {
        var (type, from, eval) = (column.Type, value.Type, value.Eval);
        if (value.IsNullLiteral)
        {
            return static _ => null;
        }
        CheckAssignable(from, type);
        var cutsText = SqlTypes.IsCharacter(type.Kind) && SqlTypes.Characters(type) != int.MaxValue
            && (SqlTypes.Characters(from) > SqlTypes.Characters(type) || !SqlTypes.IsCharacter(from.Kind));
        var cutsBytes = type.Kind is SqlKind.Binary or SqlKind.VarBinary && type.MaxLength > 0 && SqlTypes.IsBinary(from.Kind)
            && (from.MaxLength == -1 || from.MaxLength > type.MaxLength);
        if (!cutsText && !cutsBytes)
        {
            return value.ConvertTo(type).Eval;
        }
        return frame => eval(frame) is { } raw ? Fit(column, raw, from, type) : null;
    }

    /// <summary>A bulk load asks for its checks: without CHECK_CONSTRAINTS it puts in what it is given.</summary>
    public bool ChecksConstraints { get; init; } = true;

    /// <summary>Fills what the statement left out and checks the row. <paramref name="given"/> says which columns it gave.</summary>
    public object?[] Complete(BatchContext context, object?[] row, bool[]? given, Frame frame)
    {
        for (var i = 0; i < row.Length; i++)
        {
            var column = table.Columns[i];
            if (given is not null && !given[i])
            {
                row[i] = column.IsIdentity ? NextIdentity(context, column) : column.Default?.Invoke(frame);
            }
            else if (given is not null && column.IsIdentity)
            {
                Advance(context, row[i], column);
            }
            if (column.Type.Kind == SqlKind.RowVersion)
            {
                row[i] = context.Engine.NextRowVersion();
            }
        }
        Compute(context, row);
        Check(row, given is null ? "UPDATE" : "INSERT");
        CheckConstraints(context, row, given is null ? "UPDATE" : "INSERT");
        return row;
    }

    private void Compute(BatchContext context, object?[] row)
    {
        Frame? own = null;
        for (var i = 0; i < row.Length; i++)
        {
            if (table.Columns[i].Computed is { } computed)
            {
                own ??= new Frame(context, 1, 0, null);
                own.Rows[0] = row;
                row[i] = computed(own);
            }
        }
    }

    private void CheckConstraints(BatchContext context, object?[] row, string operation)
    {
        if (table.Checks.Count == 0 || !ChecksConstraints)
        {
            return;
        }
        var frame = new Frame(context, 1, 0, null);
        frame.Rows[0] = row;
        foreach (var check in table.Checks)
        {
            if (!check.IsDisabled && check.Holds(frame) == Truth.False)
            {
                throw Broken(database, table, check, operation);
            }
        }
    }

    public static Sessions.SqlErrorException Broken(Database database, Table table, CheckConstraint check, string operation) => Errors.Of(547, 16,
        $"The {operation} statement conflicted with the CHECK constraint \"{check.Name}\". The conflict occurred in database \"{database.Name}\", table \"{table.FullName}\"{(check.Column is null ? "" : $", column '{check.Column}'")}.", 0);

    private void Check(object?[] row, string operation)
    {
        var limit = database.Engine.Configuration.MaxTextReplBytes;
        var captured = limit >= 0 ? database.Cdc : null;
        for (var i = 0; i < row.Length; i++)
        {
            var column = table.Columns[i];
            if (row[i] is null && !column.IsNullable && column.Computed is null)
            {
                throw Errors.NullColumn(column.Name, $"{database.Name}.{table.FullName}", operation);
            }
            if (captured is not null && (SqlTypes.IsMaxLob(column.Type) || SqlTypes.IsOldLob(column.Type.Kind)) && Bytes(row[i], column.Type) is var bytes && bytes > limit && captured.Captures(table, column))
            {
                throw Errors.Of(7139, 16, $"Length of LOB data ({bytes}) to be replicated exceeds configured maximum {limit}. Use the stored procedure sp_configure to increase the configured maximum value for max text repl size option, which defaults to 65536. A configured value of -1 indicates no limit, other than the limit imposed by the data type.");
            }
        }
    }

    private static int Bytes(object? value, SqlType type) => value switch
    {
        string text => SqlTypes.IsNational(type.Kind) ? text.Length * 2 : text.Length,
        byte[] bytes => bytes.Length,
        _ => 0,
    };

    private object? NextIdentity(BatchContext context, TableColumn column)
    {
        var value = table.NextIdentity;
        table.NextIdentity += table.IdentityIncrement;
        context.ScopeIdentity = value;
        return Conversion.To(value, SqlTypes.BigInt, column.Type);
    }

    private void Advance(BatchContext context, object? value, TableColumn column)
    {
        var number = (long)Conversion.To(value, column.Type, SqlTypes.BigInt)!;
        context.ScopeIdentity = number;
        if (table.IdentityIncrement > 0 ? number >= table.NextIdentity : number <= table.NextIdentity)
        {
            table.NextIdentity = number + table.IdentityIncrement;
        }
    }

    /// <summary>A stored value in another type of its column.</summary>
    public object? Fitted(TableColumn column, object? value, SqlType from) => value is null ? null
        : SqlTypes.IsCharacter(column.Type.Kind) && SqlTypes.Characters(column.Type) != int.MaxValue || (column.Type.MaxLength > 0 && value is byte[])
            ? Fit(column, value, from, column.Type)
            : Conversion.To(value, from, column.Type);

    private object? Fit(TableColumn column, object raw, SqlType from, SqlType type)
    {
        if (raw is byte[] bytes)
        {
            return bytes.Length > type.MaxLength && SqlTypes.IsBinary(type.Kind)
                ? throw Errors.Truncated($"{database.Name}.{table.FullName}", column.Name, "")
                : Conversion.To(raw, from, type);
        }
        var text = Conversion.ToText(raw, from);
        var length = SqlTypes.Characters(type);
        // Blanks at the end may go without an error.
        if (text.Length > length && text.AsSpan(length).IndexOfAnyExcept(' ') >= 0)
        {
            throw Errors.Truncated($"{database.Name}.{table.FullName}", column.Name, text[..length]);
        }
        return Conversion.FitCharacters(text, type);
    }

    // Character text does not become binary, nor a date a number, without CONVERT.
    private static void CheckAssignable(SqlType from, SqlType to)
    {
        var clash = (SqlTypes.IsBinary(to.Kind) && SqlTypes.IsCharacter(from.Kind) && to.Kind is SqlKind.Binary or SqlKind.VarBinary or SqlKind.Image)
            || (SqlTypes.IsNumeric(to.Kind) && from.Kind is SqlKind.Date or SqlKind.Time or SqlKind.DateTime2 or SqlKind.DateTimeOffset)
            || (from.Kind == SqlKind.UniqueIdentifier && SqlTypes.IsNumeric(to.Kind));
        if (!clash)
        {
            return;
        }
        throw SqlTypes.IsCharacter(from.Kind)
            ? Errors.Of(257, 16, $"Implicit conversion from data type {TypeNames.Name(from.Kind)} to {TypeNames.Name(to.Kind)} is not allowed. Use the CONVERT function to run this query.", 3)
            : Errors.NoImplicitConversion(TypeNames.Name(from.Kind), TypeNames.Name(to.Kind));
    }
}
