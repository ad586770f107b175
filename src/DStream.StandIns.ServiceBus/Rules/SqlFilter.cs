using DStream.StandIns.ServiceBus.Broker;
using DStream.StandIns.ServiceBus.Rules.Sql;

namespace DStream.StandIns.ServiceBus.Rules;

/// <summary>Selects messages by a condition in the service's subset of SQL.</summary>
public sealed class SqlFilter : RuleFilter
{
    private readonly SqlPredicate _predicate;

    /// <exception cref="BrokerException">The expression is no condition; the text says where and why.</exception>
    public SqlFilter(string expression, IReadOnlyDictionary<string, object>? parameters = null)
    {
        Expression = expression;
        Parameters = parameters ?? new Dictionary<string, object>();
        _predicate = SqlGrammar.ParseFilter(expression, Parameters);
    }

    /// <summary>The condition.</summary>
    public string Expression { get; }

    /// <summary>Values for the names that begin with an at sign.</summary>
    public IReadOnlyDictionary<string, object> Parameters { get; }

    internal override bool Matches(MessageProperties message) => _predicate.Test(new SqlContext(message, Parameters)) == true;
}
