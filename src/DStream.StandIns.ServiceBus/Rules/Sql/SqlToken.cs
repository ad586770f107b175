namespace DStream.StandIns.ServiceBus.Rules.Sql;

/// <summary>The kinds of words and signs in a filter or an action. Keywords are identifiers to begin with.</summary>
internal enum SqlToken
{
    Identifier,
    DelimitedIdentifier,
    Parameter,
    Text,
    Number,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Plus,
    Minus,
    Star,
    Slash,
    Percent,
    LeftParenthesis,
    RightParenthesis,
    Comma,
    Dot,
    Semicolon,
}
