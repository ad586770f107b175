using DStream.Configuration.Hcl;

namespace DStream.Configuration.Tests.Hcl;

public sealed class HclParserTests
{
    [Theory]
    [InlineData("a = \"x\"", "x")]
    [InlineData("a = \"\\n\\r\\t\\\"\\\\\"", "\n\r\t\"\\")]
    [InlineData("a = \"\\u00e9\\U0001F600\"", "é😀")]
    [InlineData("a = \"$${x} %%{x} $ % { } $x\"", "${x} %{x} $ % { } $x")]
    [InlineData("a = \"{\\u007b x }}\"", "{{ x }}")]
    [InlineData("a = \"# // /* no comment */\"", "# // /* no comment */")]
    [InlineData("a = <<EOF\none\n  two\nEOF\n", "one\n  two\n")]
    [InlineData("a = <<EOF\r\none\r\ntwo\r\nEOF\r\n", "one\ntwo\n")]
    [InlineData("a = <<-EOF\n    one\n      two\n\n    three\n    EOF\n", "one\n  two\n\nthree\n")]
    [InlineData("a = <<EOF\nEOF", "")]
    [InlineData("a = <<EOF\n\\n $${x} \"q\"\nEOF\n", "\\n ${x} \"q\"\n")]
    public void Parse_StringForms_GiveText(string text, string expected)
    {
        var value = Assert.IsType<HclString>(Assert.Single(Parse(text).Attributes).Value);

        Assert.Equal(expected, string.Concat(value.Parts!.Select(p => p.Literal)));
    }

    [Theory]
    [InlineData("a = \"${env(\"X\")}\"")]
    [InlineData("a = \"${ env ( \"X\" ) }\"")]
    [InlineData("a = \"${env(\\\"X\\\")}\"")]
    [InlineData("a = \"{{ env \\\"X\\\" }}\"")]
    [InlineData("a = \"{{ env \"X\" }}\"")]
    [InlineData("a = \"{{env `X`}}\"")]
    public void Parse_Interpolations_GiveVariable(string text)
    {
        var value = Assert.IsType<HclString>(Assert.Single(Parse(text).Attributes).Value);

        Assert.Equal("X", Assert.Single(value.Parts!).Variable);
    }

    [Fact]
    public void Parse_InterpolationsAmongText_KeepOrder()
    {
        var value = Assert.IsType<HclString>(Parse("a = \"p${env(\"X\")}q{{ env \\\"Y\\\" }}r\"").Attributes[0].Value);

        Assert.Equal(["p", "$X", "q", "$Y", "r"], value.Parts!.Select(p => p.Literal ?? "$" + p.Variable));
    }

    [Fact]
    public void Parse_HeredocWithInterpolation_GivesVariable()
    {
        var value = Assert.IsType<HclString>(Parse("a = <<EOF\nx {{ env \"X\" }} y\nEOF\n").Attributes[0].Value);

        Assert.Equal(["x ", "$X", " y\n"], value.Parts!.Select(p => p.Literal ?? "$" + p.Variable));
    }

    [Fact]
    public void Parse_Values_HaveTheirTypes()
    {
        var body = Parse("a = 1\nb = -1.5e3\nc = true\nd = false\ne = null\nf = [1, \"x\",\n  [true],\n]\ng = { x = 1, \"y\" : 2\n z = [] }\nh = []\ni = {}\n");

        Assert.Equal(
            ["a number", "a number", "a boolean", "a boolean", "null", "a list", "an object", "a list", "an object"],
            body.Attributes.Select(a => a.Value.Kind));
        Assert.Equal(["a number", "a string", "a list"], ((HclList)body.Attributes[5].Value).Items.Select(i => i.Kind));
        Assert.Equal(["x", "\"y\"", "z"], ((HclObject)body.Attributes[6].Value).Entries.Select(e => e.Key.ToStringValue()));
    }

    [Fact]
    public void Parse_Comments_AreSkipped()
    {
        var body = Parse("# one\na = 1 # two\n// three\nb = [ /* four */ 1, # five\n 2 ] // six\n/* seven\n eight */ c = 3 /* nine */\n");

        Assert.Equal(["a", "b", "c"], body.Attributes.Select(a => a.Name));
    }

    [Fact]
    public void Parse_Blocks_NestWithLabels()
    {
        var body = Parse("one \"x\" y {\n  two {\n    a = 1\n  }\n  three { b = 2 }\n  four {}\n}\n");

        var one = Assert.Single(body.Blocks);
        Assert.Equal(["\"x\"", "y"], one.Labels.Select(l => l.ToStringValue()));
        Assert.Equal(["two", "three", "four"], one.Body.Blocks.Select(b => b.Type));
        Assert.Equal("b", Assert.Single(one.Body.Blocks[1].Body.Attributes).Name);
    }

    [Fact]
    public void Parse_WindowsLinesAndByteOrderMark_AreRead()
    {
        var result = Config.Load("\uFEFF" + Config.Ingester().Replace("\n", "\r\n", StringComparison.Ordinal));

        Assert.Empty(result.Errors);
    }

    [Theory]
    [InlineData("a = \"x\ny = 1\n", "\"x", "this string is not closed on its line", "double quote")]
    [InlineData("a = \"${env(\"X\"\nb = 1", "\"${", "this string is not closed on its line", "$${")]
    [InlineData("a = \"\\q\"", "\\q", "\\q is no escape", "a backslash is written \\\\")]
    [InlineData("a = \"\\ud800\"", "\\ud800", "\\ud800 names no character", "surrogate")]
    [InlineData("a = \"\\u12\"", "\\u12", "names no character", "4 or \\U with 8")]
    [InlineData("a = \"${var.x}\"", "${var", "${var.x} is not understood", "only environment variables")]
    [InlineData("a = \"${upper(\"x\")}\"", "${upper", "${upper(\"x\")} is not understood", "for a literal ${ write $${")]
    [InlineData("a = \"%{ if x }y\"", "%{ if", "%{ if x } is not understood", "for a literal %{ write %%{")]
    [InlineData("a = \"{{ .Values.x }}\"", "{{", "{{ .Values.x }} is not understood", "{\\u007b")]
    [InlineData("a = \"${env(\"\")}\"", "\")}", "is no name of an environment variable", "write its name")]
    [InlineData("a = <<EOF\nx ${y}\nEOF\n", "${y}", "${y} is not understood", "only environment variables")]
    [InlineData("a = <<EOF\nx\n", "<<EOF", "this heredoc is never closed by a line EOF", "on a line of its own")]
    [InlineData("a = <<EOF x\nx\nEOF\n", " x", "text follows the heredoc marker EOF", "next line")]
    [InlineData("a = 'x'", "'x'", "' does not quote text", "double quotes")]
    [InlineData("a = abc", "abc", "\"abc\" is no value", "write text in double quotes")]
    [InlineData("a = env(\"X\")", "env", "\"env\" is no value", "\"${env(\"NAME\")}\"")]
    [InlineData("a = 1 + 2", "+", "\"+\" follows a value", "expressions are not evaluated")]
    [InlineData("a = 5s", "5s", "a number is followed by letters", "as in \"5s\"")]
    [InlineData("a =\nb = 1", "\nb", "key \"a\" has no value", "on the same line")]
    [InlineData("a : 1", ":", "key \"a\" is followed by a colon", "write =")]
    [InlineData("a\nb = 1", "a", "\"a\" is followed by the end of the line", "a = value")]
    [InlineData("a b\nb = 1", "b", "\"a\" is followed by \"b\"", "a { ... } for a block")]
    [InlineData("\"a\" = 1", "\"a\"", "a key stands in quotes", "without quotes")]
    [InlineData("= 1", "=", "unexpected \"=\"", "begins with the name")]
    [InlineData("a = [1 2]", "2", "unexpected \"2\"", "`,` or `]`")]
    [InlineData("a = [1,, 2]", ", 2", "unexpected \",\"", "expected")]
    [InlineData("a = { x 1 }", "1", "unexpected \"1\"", "`=` or `:`")]
    [InlineData("a {\n  b = 1\n", "a", "block \"a\" is never closed", "add the }")]
    [InlineData("a = 1\n}\nb = 2", "}", "this } closes nothing", "remove it")]
    [InlineData("a {} b {}", "b", "\"b\" follows a block", "line of its own")]
    [InlineData("a = 1\n/* x", "/*", "this comment is never closed", "*/")]
    [InlineData("a = 1\n@ = 2", "@", "unexpected character '@'", "begins with the name")]
    [InlineData("a = \u0001", "\u0001", "unexpected character U+0001", "expected")]
    public void Parse_Mistake_IsReportedWithPlaceAndRemedy(string text, string place, string message, string remedy)
    {
        var errors = new ErrorSink("f");
        HclParser.Parse(text, errors);

        var error = Assert.Single(errors.Sorted());
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, error.Remedy, StringComparison.Ordinal);
        Config.AssertAt(text, place, error);
    }

    [Fact]
    public void Parse_SeveralMistakes_AreAllReported()
    {
        const string Text = "a = [1 2,\n  3]\nb = \"ok\"\nc = 'x'\nblock {\n  d = \"\\q\"\n  e = }\nf = 1 g = 2\n";
        var errors = new ErrorSink("f");

        var body = HclParser.Parse(Text, errors)!;

        Assert.Equal([1, 4, 6, 7, 8], errors.Sorted().Select(e => e.Line));
        Assert.Equal(["a", "b", "c", "f", "g"], body.Attributes.Select(a => a.Name));
    }

    [Fact]
    public void Parse_ListNeverClosed_StillReadsTheLinesAfterIt()
    {
        var errors = new ErrorSink("f");

        var body = HclParser.Parse("a = [1,\nb = 2\nc = 'x'\n", errors)!;

        Assert.Equal([2, 3], errors.Sorted().Select(e => e.Line));
        Assert.Contains(body.Attributes, a => a.Name == "c");
    }

    [Theory]
    [InlineData("a = ", "[")]
    [InlineData("", "a {\n")]
    [InlineData("a = ", "{ x = ")]
    [InlineData("", "a { ]\n")]
    [InlineData("", "a { x = [ }\n")]
    public void Parse_DeepNesting_IsAnErrorAndNoOverflow(string head, string piece)
    {
        var text = head + string.Concat(Enumerable.Repeat(piece, 100_000));

        var result = Config.Load(text);

        Assert.Null(result.Config);
        Assert.NotEmpty(result.Errors);
        Assert.InRange(result.Errors.Count, 1, ErrorSink.MaxErrors + 1);
    }

    private static HclBody Parse(string text)
    {
        var errors = new ErrorSink("f");
        var body = HclParser.Parse(text, errors);
        Assert.Empty(errors.Sorted());
        return body!;
    }
}
