namespace DStream.StandIns.ServiceBus.Rules.Sql;

/// <summary>One statement of an action.</summary>
internal abstract record SqlStatement
{
    public abstract void Apply(in SqlContext context);
}

internal sealed record SqlSet(SqlProperty Property, SqlValue Value) : SqlStatement
{
    public override void Apply(in SqlContext context)
    {
        var value = Value.Evaluate(context);
        if (Property.IsSystem) context.Message.SetSystem(Property.Name, value);
        else context.Message.SetUser(Property.Name, AsBefore(context.Message.TryUser(Property.Name, out var before) ? before : null, value));
    }

    // A property keeps its type where the new value has a place in it.
    private static object? AsBefore(object? before, object? value)
    {
        if (before is null || value is null || before.GetType() == value.GetType()) return value;

        try
        {
            return Convert.ChangeType(value, before.GetType(), System.Globalization.CultureInfo.InvariantCulture);
        }
        catch (Exception unfit) when (unfit is InvalidCastException or FormatException or OverflowException)
        {
            return value;
        }
    }
}

internal sealed record SqlRemove(SqlProperty Property) : SqlStatement
{
    public override void Apply(in SqlContext context)
    {
        if (Property.IsSystem) context.Message.SetSystem(Property.Name, null);
        else context.Message.RemoveUser(Property.Name);
    }
}
