using System.Data.Common;
using System.Text;

namespace DStream.Configuration.Tests;

/// <summary>Any character may stand in a password, however it gets into the file.</summary>
public sealed class PasswordTests
{
    private static readonly string Printable = string.Concat(Enumerable.Range(' ', '~' - ' ' + 1).Select(c => (char)c)) + "é漢😀";

    // Each character alone too, where a mistake in one would hide behind another.
    public static TheoryData<string> Passwords => [Printable, .. Printable.EnumerateRunes().Select(r => $"a{r}b"), "${env(\"HOME\")}{{ env \"HOME\" }}", "\\n\\\"", "$${x", "a\"\n}\ningester {\n"];

    [Theory]
    [MemberData(nameof(Passwords))]
    public void Load_PasswordFromEnvironment_ArrivesUnchanged(string password)
    {
        var adoNet = new DbConnectionStringBuilder { ["Server"] = "h", ["Database"] = "d", ["Password"] = password }.ConnectionString;

        foreach (var form in (string[])["${env(\"P\")}", "{{ env \"P\" }}", "{{ env \\\"P\\\" }}"])
        {
            var ingester = Config.LoadIngester(Config.Ingester(sql: $"db_connection_string = \"{form}\""), ("P", adoNet));

            Assert.Equal(password, PasswordOf(ingester));
        }
    }

    [Theory]
    [MemberData(nameof(Passwords))]
    public void Load_PasswordInterpolatedIntoHeredoc_ArrivesUnchanged(string password)
    {
        var quoted = "\"" + password.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";

        var ingester = Config.LoadIngester(
            Config.Ingester(sql: "db_connection_string = <<EOF\nServer=h;Database=d;Password={{ env \"P\" }}\nEOF"), ("P", quoted));

        Assert.Equal(password, PasswordOf(ingester));
    }

    [Theory]
    [MemberData(nameof(Passwords))]
    public void Load_PasswordInUrl_ArrivesUnchanged(string password)
    {
        var url = $"sqlserver://u:{Uri.EscapeDataString(password)}@h:1433?database=d";

        var ingester = Config.LoadIngester(Config.Ingester(sql: "db_connection_string = \"${env(\"P\")}\""), ("P", url));

        Assert.Equal(password, PasswordOf(ingester));
    }

    [Theory]
    [MemberData(nameof(Passwords))]
    public void Load_PasswordAsLiteral_ArrivesUnchanged(string password)
    {
        var adoNet = new DbConnectionStringBuilder { ["Server"] = "h", ["Database"] = "d", ["Password"] = password }.ConnectionString;

        var ingester = Config.LoadIngester(Config.Ingester(sql: $"db_connection_string = \"{Escape(adoNet)}\""));

        Assert.Equal(password, PasswordOf(ingester));
    }

    private static string PasswordOf(IngesterConfig ingester) =>
        (string)new DbConnectionStringBuilder { ConnectionString = ingester.DbConnectionString }["Password"];

    private static string Escape(string text)
    {
        var escaped = new StringBuilder();
        foreach (var c in text)
            escaped.Append(c switch { '"' => "\\\"", '\\' => "\\\\", '\n' => "\\n", '{' => "\\u007b", _ => c.ToString() });
        return escaped.ToString();
    }
}
