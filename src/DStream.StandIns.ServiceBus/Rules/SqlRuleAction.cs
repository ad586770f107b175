using DStream.StandIns.ServiceBus.Broker;
using DStream.StandIns.ServiceBus.Rules.Sql;

namespace DStream.StandIns.ServiceBus.Rules;

/// <summary>Changes the properties of a selected message: <c>SET</c> and <c>REMOVE</c> in the service's subset of SQL.</summary>
public sealed class SqlRuleAction
{
    private readonly SqlStatement[] _statements;

    /// <exception cref="BrokerException">The expression is no list of statements; the text says where and why.</exception>
    public SqlRuleAction(string expression, IReadOnlyDictionary<string, object>? parameters = null)
    {
        Expression = expression;
        Parameters = parameters ?? new Dictionary<string, object>();
        _statements = SqlGrammar.ParseAction(expression, Parameters);
    }

    /// <summary>The statements.</summary>
    public string Expression { get; }

    /// <summary>Values for the names that begin with an at sign.</summary>
    public IReadOnlyDictionary<string, object> Parameters { get; }

    internal void Apply(MessageProperties message)
    {
        var context = new SqlContext(message, Parameters);
        foreach (var statement in _statements) statement.Apply(context);
    }
}
