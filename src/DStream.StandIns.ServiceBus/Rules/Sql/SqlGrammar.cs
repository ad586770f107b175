using System.Globalization;
using DStream.StandIns.ServiceBus.Broker;
using Superpower;
using Superpower.Model;
using Superpower.Parsers;

namespace DStream.StandIns.ServiceBus.Rules.Sql;

/// <summary>
/// The grammar of filters and actions, as the service documents it (service-bus-messaging-sql-filter, -sql-rule-action). Values and conditions
/// are parsed alike and told apart afterwards: parentheses stand around both, and one look must be enough.
/// </summary>
internal static class SqlGrammar
{
    private const int LongestExpression = 1024;
    private const int MostStatements = 32;

    private static readonly TokenListParser<SqlToken, SqlProperty> Property =
        from first in Name()
        from second in Token.EqualTo(SqlToken.Dot).IgnoreThen(Name()).AsNullable().OptionalOrDefault()
        select ToProperty(first, second);

    private static readonly TokenListParser<SqlToken, SqlNode> Primary =
        Token.EqualTo(SqlToken.Text).Select(static word => (SqlNode)new SqlConstant(Unquote(word)))
            .Or(Token.EqualTo(SqlToken.Number).Select(static word => (SqlNode)ToNumber(word)))
            .Or(Token.EqualTo(SqlToken.Parameter).Select(static word => (SqlNode)new SqlParameter(word.ToStringValue())))
            .Or(Keyword("TRUE").Value((SqlNode)new SqlConstant(true)))
            .Or(Keyword("FALSE").Value((SqlNode)new SqlConstant(false)))
            .Or(Keyword("NULL").Value((SqlNode)new SqlConstant(null)))
            .Or(Keyword("EXISTS").IgnoreThen(Enclosed(Property)).Select(static property => (SqlNode)new SqlExists(property)))
            .Or(Function("newid").IgnoreThen(Token.EqualTo(SqlToken.RightParenthesis)).Value((SqlNode)new SqlNewId()))
            .Or(Function("property").Or(Function("p")).IgnoreThen(Parse.Ref(() => Expression!)).Then(static name =>
                Token.EqualTo(SqlToken.RightParenthesis).Select(_ => (SqlNode)new SqlPropertyByName(AsValue(name)))))
            .Or(Enclosed(Parse.Ref(() => Expression!)))
            .Or(Property.Select(static property => (SqlNode)property));

    private static readonly TokenListParser<SqlToken, SqlNode> Signed =
        Token.EqualTo(SqlToken.Minus).IgnoreThen(Parse.Ref(() => Signed!)).Select(static operand => (SqlNode)new SqlNegation(AsValue(operand)))
            .Or(Token.EqualTo(SqlToken.Plus).IgnoreThen(Parse.Ref(() => Signed!)).Select(static operand => (SqlNode)AsValue(operand)))
            .Or(Primary);

    private static readonly TokenListParser<SqlToken, SqlNode> Product = Parse.Chain(
        Sign(SqlToken.Star, SqlToken.Slash, SqlToken.Percent), Signed, Calculation);

    private static readonly TokenListParser<SqlToken, SqlNode> Sum = Parse.Chain(Sign(SqlToken.Plus, SqlToken.Minus), Product, Calculation);

    // What may follow a value to make it a condition, as a function of that value.
    private static readonly TokenListParser<SqlToken, Func<SqlNode, SqlNode>> Comparison =
        (from sign in Sign(SqlToken.Equal, SqlToken.NotEqual, SqlToken.Less, SqlToken.LessOrEqual, SqlToken.Greater, SqlToken.GreaterOrEqual)
         from right in Sum
         select (Func<SqlNode, SqlNode>)(left => new SqlComparison(sign, AsValue(left), AsValue(right))))
        .Or(from _ in Keyword("IS")
            from not in Keyword("NOT").OptionalOrDefault()
            from __ in Keyword("NULL")
            select (Func<SqlNode, SqlNode>)(left => Negated(not.HasValue, new SqlIsNull(AsProperty(left)))))
        .Or(from not in Keyword("NOT").OptionalOrDefault()
            from condition in Membership!.Or(Likeness!)
            select (Func<SqlNode, SqlNode>)(left => Negated(not.HasValue, condition(left))));

    private static readonly TokenListParser<SqlToken, SqlNode> Condition =
        from left in Sum
        from rest in Comparison.AsNullable().OptionalOrDefault()
        select rest is null ? left : rest(left);

    private static readonly TokenListParser<SqlToken, SqlNode> Inverse =
        Keyword("NOT").IgnoreThen(Parse.Ref(() => Inverse!)).Select(static operand => (SqlNode)new SqlNot(AsPredicate(operand))).Or(Condition);

    private static readonly TokenListParser<SqlToken, SqlNode> Conjunction = Parse.Chain(
        Keyword("AND"), Inverse, static (_, left, right) => new SqlAnd(AsPredicate(left), AsPredicate(right)));

    private static readonly TokenListParser<SqlToken, SqlNode> Expression = Parse.Chain(
        Keyword("OR"), Conjunction, static (_, left, right) => new SqlOr(AsPredicate(left), AsPredicate(right)));

    private static TokenListParser<SqlToken, Func<SqlNode, SqlPredicate>> Membership =>
        Keyword("IN").IgnoreThen(Enclosed(Parse.Ref(() => Sum!).ManyDelimitedBy(Token.EqualTo(SqlToken.Comma))))
            .Where(static items => items.Length > 0, "IN needs at least one value")
            .Select(static items => (Func<SqlNode, SqlPredicate>)(left => new SqlIn(AsValue(left), [.. items.Select(AsValue)])));

    private static TokenListParser<SqlToken, Func<SqlNode, SqlPredicate>> Likeness =>
        from _ in Keyword("LIKE")
        from pattern in Parse.Ref(() => Sum!)
        from escape in Keyword("ESCAPE").IgnoreThen(Parse.Ref(() => Sum!)).AsNullable().OptionalOrDefault()
        select (Func<SqlNode, SqlPredicate>)(left => new SqlLike(AsValue(left), AsValue(pattern), escape is null ? null : AsValue(escape)));

    private static readonly TokenListParser<SqlToken, SqlStatement> Statement =
        (from _ in Keyword("SET")
         from property in Property
         from __ in Token.EqualTo(SqlToken.Equal)
         from value in Sum
         select (SqlStatement)new SqlSet(property, AsValue(value)))
        .Or(Keyword("REMOVE").IgnoreThen(Property).Select(static property => (SqlStatement)new SqlRemove(property)));

    private static readonly TokenListParser<SqlToken, SqlStatement[]> Statements =
        Statement.Then(static statement => Sign(SqlToken.Semicolon, SqlToken.Comma).Many().Value(statement)).AtLeastOnce();

    public static SqlPredicate ParseFilter(string expression, IReadOnlyDictionary<string, object> parameters) =>
        AsPredicate(ParseWhole(Expression, expression, parameters, "filter"));

    public static SqlStatement[] ParseAction(string expression, IReadOnlyDictionary<string, object> parameters)
    {
        var statements = ParseWhole(Statements, expression, parameters, "action");
        return statements.Length <= MostStatements ? statements
            : throw Bad($"The action has {statements.Length} statements; {MostStatements} are allowed.");
    }

    private static T ParseWhole<T>(
        TokenListParser<SqlToken, T> parser, string expression, IReadOnlyDictionary<string, object> parameters, string kind)
    {
        if (expression.Length > LongestExpression)
            throw Bad($"The {kind} is {expression.Length} characters long; {LongestExpression} are allowed.");

        try
        {
            var words = SqlWords.Cut(expression);
            foreach (var word in words.Where(word => word.Kind == SqlToken.Parameter && !parameters.ContainsKey(word.ToStringValue())))
                throw Bad($"The parameter '{word.ToStringValue()}' of the {kind} has no value.");

            return parser.AtEnd().Parse(words);
        }
        catch (ParseException unreadable)
        {
            throw Bad($"The {kind} '{expression}' cannot be read: {unreadable.Message}.");
        }
    }

    private static TokenListParser<SqlToken, Token<SqlToken>> Keyword(string word) => Token.EqualToValueIgnoreCase(SqlToken.Identifier, word);

    private static TokenListParser<SqlToken, Token<SqlToken>> Function(string name) =>
        Keyword(name).Then(static word => Token.EqualTo(SqlToken.LeftParenthesis)).Try();

    private static TokenListParser<SqlToken, SqlToken> Sign(params SqlToken[] signs) =>
        Token.Matching<SqlToken>(kind => signs.Contains(kind), "operator").Select(static word => word.Kind);

    private static TokenListParser<SqlToken, T> Enclosed<T>(TokenListParser<SqlToken, T> inner) =>
        from _ in Token.EqualTo(SqlToken.LeftParenthesis)
        from value in inner
        from __ in Token.EqualTo(SqlToken.RightParenthesis)
        select value;

    private static TokenListParser<SqlToken, string> Name() =>
        Token.EqualTo(SqlToken.Identifier).Where(static word => !SqlWords.Reserved.Contains(word.ToStringValue()), "a reserved word needs brackets here")
            .Select(static word => word.ToStringValue())
            .Or(Token.EqualTo(SqlToken.DelimitedIdentifier).Select(Unquote));

    private static string Unquote(Token<SqlToken> word)
    {
        var text = word.ToStringValue();
        var end = text[^1].ToString();
        return text[1..^1].Replace(end + end, end, StringComparison.Ordinal);
    }

    private static SqlConstant ToNumber(Token<SqlToken> word)
    {
        var text = word.ToStringValue();
        if (text.AsSpan().ContainsAny(".eE")) return new SqlConstant(double.Parse(text, CultureInfo.InvariantCulture));

        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new SqlConstant(number)
            : throw Bad($"The number {text} is larger than a whole number can be.");
    }

    private static SqlProperty ToProperty(string first, string? second) => second is null ? new SqlProperty(first, IsSystem: false)
        : first.Equals("sys", StringComparison.OrdinalIgnoreCase) ? new SqlProperty(second, IsSystem: true)
        : first.Equals("user", StringComparison.OrdinalIgnoreCase) ? new SqlProperty(second, IsSystem: false)
        : throw Bad($"'{first}' is no scope of properties: sys and user are.");

    private static SqlNode Calculation(SqlToken sign, SqlNode left, SqlNode right) => new SqlArithmetic(sign, AsValue(left), AsValue(right));

    private static SqlPredicate Negated(bool not, SqlPredicate condition) => not ? new SqlNot(condition) : condition;

    private static SqlValue AsValue(SqlNode node) =>
        node as SqlValue ?? throw Bad("A condition stands where a value is expected.");

    private static SqlPredicate AsPredicate(SqlNode node) =>
        node as SqlPredicate ?? throw Bad("A value stands where a condition is expected: compare it, as in 'flag = TRUE'.");

    private static SqlProperty AsProperty(SqlNode node) =>
        node as SqlProperty ?? throw Bad("Only a property can be asked whether it IS NULL.");

    private static BrokerException Bad(string what) => new(BrokerError.BadRequest, what);
}
