namespace DStream.StandIns.ServiceBus.Rules.Sql;

internal sealed record SqlComparison(SqlToken Operator, SqlValue Left, SqlValue Right) : SqlPredicate
{
    public override bool? Test(in SqlContext context) => SqlOperators.Compare(Operator, Left.Evaluate(context), Right.Evaluate(context));
}

internal sealed record SqlAnd(SqlPredicate Left, SqlPredicate Right) : SqlPredicate
{
    public override bool? Test(in SqlContext context)
    {
        var left = Left.Test(context);
        return left == false ? false : left & Right.Test(context);
    }
}

internal sealed record SqlOr(SqlPredicate Left, SqlPredicate Right) : SqlPredicate
{
    public override bool? Test(in SqlContext context)
    {
        var left = Left.Test(context);
        return left == true ? true : left | Right.Test(context);
    }
}

internal sealed record SqlNot(SqlPredicate Operand) : SqlPredicate
{
    public override bool? Test(in SqlContext context) => !Operand.Test(context);
}

/// <summary>A property that does not exist is null, as one that holds null.</summary>
internal sealed record SqlIsNull(SqlProperty Property) : SqlPredicate
{
    public override bool? Test(in SqlContext context) => Property.Evaluate(context) is null;
}

internal sealed record SqlExists(SqlProperty Property) : SqlPredicate
{
    public override bool? Test(in SqlContext context) => Property.Exists(context);
}

internal sealed record SqlIn(SqlValue Left, SqlValue[] Items) : SqlPredicate
{
    public override bool? Test(in SqlContext context)
    {
        if (Left.Evaluate(context) is not { } left) return null;

        bool? result = false;
        foreach (var item in Items)
        {
            result |= SqlOperators.AreEqual(left, item.Evaluate(context));
            if (result == true) return true;
        }

        return result;
    }
}

internal sealed record SqlLike(SqlValue Left, SqlValue Pattern, SqlValue? Escape) : SqlPredicate
{
    public override bool? Test(in SqlContext context)
    {
        var (text, pattern, escape) = (Left.Evaluate(context), Pattern.Evaluate(context), Escape?.Evaluate(context));
        if (text is null || pattern is null || (Escape is not null && escape is null)) return null;
        if (text is not string value || pattern is not string form) throw new FilterException("LIKE compares texts only.");
        if (escape is not (null or string { Length: 1 })) throw new FilterException("The escape of LIKE must be a text of one character.");

        return LikePattern.Matches(value, form, escape is string { Length: 1 } sign ? sign[0] : null);
    }
}
