namespace DStream.StandIns.ServiceBus.Rules.Sql;

/// <summary>A part of an expression: a value or a condition.</summary>
internal abstract record SqlNode;

/// <summary>A part that has a value; null is unknown, as a property that the message does not have.</summary>
internal abstract record SqlValue : SqlNode
{
    public abstract object? Evaluate(in SqlContext context);
}

/// <summary>A part that holds, does not hold, or is unknown (null).</summary>
internal abstract record SqlPredicate : SqlNode
{
    public abstract bool? Test(in SqlContext context);
}
