namespace DStream.StandIns.ServiceBus.Rules.Sql;

/// <summary>What an expression is evaluated on.</summary>
internal readonly record struct SqlContext(MessageProperties Message, IReadOnlyDictionary<string, object> Parameters);
