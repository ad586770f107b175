using Superpower.Display;

namespace DStream.Configuration.Hcl;

/// <summary>What a token is; the examples are what an error says was expected.</summary>
internal enum HclTokenKind
{
    [Token(Description = "the end of the line")]
    Newline,

    [Token(Description = "the end of the file")]
    End,

    [Token(Description = "a name")]
    Identifier,

    [Token(Description = "a number")]
    Number,

    [Token(Description = "a string in double quotes")]
    QuotedString,

    [Token(Description = "a heredoc")]
    Heredoc,

    [Token(Example = "{")]
    LeftBrace,

    [Token(Example = "}")]
    RightBrace,

    [Token(Example = "[")]
    LeftBracket,

    [Token(Example = "]")]
    RightBracket,

    [Token(Example = "=")]
    Equal,

    [Token(Example = ":")]
    Colon,

    [Token(Example = ",")]
    Comma,

    /// <summary>A character of HCL's expressions, which a configuration file has no use for.</summary>
    [Token(Description = "an operator")]
    Operator,

    /// <summary>A character that HCL gives no meaning.</summary>
    [Token(Description = "an unknown character")]
    Unknown,

    /// <summary>A token whose error is reported already.</summary>
    [Token(Description = "a broken token")]
    Broken,
}
