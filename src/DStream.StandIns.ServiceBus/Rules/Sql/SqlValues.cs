namespace DStream.StandIns.ServiceBus.Rules.Sql;

internal sealed record SqlConstant(object? Value) : SqlValue
{
    public override object? Evaluate(in SqlContext context) => Value;
}

internal sealed record SqlParameter(string Name) : SqlValue
{
    public override object? Evaluate(in SqlContext context) => context.Parameters[Name];
}

/// <summary>A property of the message's own, or of the broker's (<c>sys.</c>).</summary>
internal sealed record SqlProperty(string Name, bool IsSystem) : SqlValue
{
    public override object? Evaluate(in SqlContext context) =>
        IsSystem ? context.Message.System(Name)
        : context.Message.TryUser(Name, out var value) ? value
        : null;

    public bool Exists(in SqlContext context) =>
        IsSystem ? context.Message.System(Name) is not null : context.Message.TryUser(Name, out _);
}

/// <summary>The function <c>property(name)</c>, whose argument may be any text.</summary>
internal sealed record SqlPropertyByName(SqlValue Name) : SqlValue
{
    public override object? Evaluate(in SqlContext context) => Name.Evaluate(context) switch
    {
        null => null,
        string name => context.Message.TryUser(name, out var value) ? value : null,
        var other => throw new FilterException($"The function property needs a text, not a value of type {other.GetType().Name}."),
    };
}

internal sealed record SqlNewId : SqlValue
{
    public override object? Evaluate(in SqlContext context) => Guid.NewGuid();
}

internal sealed record SqlArithmetic(SqlToken Operator, SqlValue Left, SqlValue Right) : SqlValue
{
    public override object? Evaluate(in SqlContext context) => SqlOperators.Calculate(Operator, Left.Evaluate(context), Right.Evaluate(context));
}

internal sealed record SqlNegation(SqlValue Operand) : SqlValue
{
    public override object? Evaluate(in SqlContext context) => SqlOperators.Calculate(SqlToken.Minus, 0L, Operand.Evaluate(context));
}
