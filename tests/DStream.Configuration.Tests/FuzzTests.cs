using System.Diagnostics;
using CsCheck;

namespace DStream.Configuration.Tests;

/// <summary>Whatever the input: a configuration or errors, never an exception, and soon.</summary>
public sealed class FuzzTests
{
    private static readonly string Seed = File.ReadAllText(Files.Path("seed.hcl"));

    private static readonly string[] Pieces =
    [
        "ingester", "router", "tables", "queue", "locks", "overrides", "{", "}", "[", "]", "=", ":", ",", "\n", "\r\n", " ", "\"", "\\", "\\u12", "${", "$${", "%{",
        "{{ env \"X\" }}", "${env(\"X\")}", "<<EOF\n", "<<-A\n", "EOF\n", "A\n", "#", "//", "/*", "*/", "1", "-1.5e9", "5s", "true", "null", "\"Persons\"", "\uFEFF", "\u0001", "😀", "\ud800", "é",
    ];

    [Fact]
    public void Parse_RandomText_GivesResult() => Gen.String[0, 300].Sample(text => AssertResult(text), iter: 3_000);

    [Fact]
    public void Parse_RandomPieces_GivesResult() =>
        Of(Pieces).Array[0, 60].Select(string.Concat).Sample(text => AssertResult(text), iter: 5_000);

    [Fact]
    public void Parse_MutatedSeed_GivesResult()
    {
        var mutation = Gen.Select(Gen.Int[0, Seed.Length - 1], Gen.Int[0, 40], Of([.. Pieces, ""]));
        mutation.Array[1, 5].Sample(
            mutations =>
            {
                var text = Seed;
                foreach (var (at, length, piece) in mutations)
                {
                    var start = Math.Min(at, text.Length);
                    text = text[..start] + piece + text[Math.Min(start + length, text.Length)..];
                }
                AssertResult(text);
            },
            iter: 5_000);
    }

    [Fact]
    public void Parse_RandomConnectionStrings_GiveResult()
    {
        var pieces = Of("sqlserver://", "://", "Server=", "Database=", "h", "@", ":", "/", "?", "&", "=", ";", "%", "%4", "%40", "%ff", "+", "#", "[", "]", "\\", "\"", "'", "database=d", "encrypt=", "\0", "\ud800", "{", "Endpoint=sb://", "https://", "AccountKey=");
        Gen.Select(pieces.Array[0, 15].Select(string.Concat), Of("SQL", "BUS", "BLOB")).Sample(
            (value, variable) =>
            {
                var result = ConfigLoader.Parse(
                    Seed, "f", KnownProviders.Shipped, name => name.Contains(variable, StringComparison.Ordinal) || variable == "SQL" && name.Contains("DB", StringComparison.Ordinal) ? value : Config.Bus);
                AssertIsOneOf(result);
            },
            iter: 5_000);
    }

    /// <summary>Inputs of 200 KB that make a careless parser take the square of their length.</summary>
    [Theory]
    [InlineData("a = [ x\n")]
    [InlineData("a = [ x }\n")]
    [InlineData("a = { [ x }\n")]
    [InlineData("unknown_key = 1\n")]
    [InlineData("ingester {}\n")]
    [InlineData("a = \"${\"\n")]
    [InlineData("{{ env \"")]
    [InlineData("${")]
    [InlineData("<<A\n")]
    [InlineData("a \"x\" ")]
    [InlineData("/* */ ")]
    [InlineData("}\n")]
    [InlineData("[]")]
    public void Parse_RepeatedPiece_IsLinear(string piece)
    {
        var text = string.Concat(Enumerable.Repeat(piece, 200_000 / piece.Length));
        var watch = Stopwatch.StartNew();

        AssertResult(text);
        AssertResult("a = \"" + text.Replace("\n", " ", StringComparison.Ordinal));
        AssertResult("a = <<E\n" + text + "\nE\n");

        // A second would do on any machine that is not busy; the square of the length takes minutes.
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), $"took {watch.Elapsed}");
    }

    [Fact]
    public void Parse_ManyTables_IsLinear()
    {
        var tables = string.Join(", ", Enumerable.Range(0, 60_000).Select(i => $"\"t{i}\""));

        Assert.Equal(60_000, Config.LoadIngester(Config.Ingester(tables: $"tables = [{tables}]")).Tables.Count);
    }

    private static Gen<string> Of(params string[] pieces) => Gen.Int[0, pieces.Length - 1].Select(i => pieces[i]);

    private static void AssertResult(string text) =>
        AssertIsOneOf(ConfigLoader.Parse(text, "f", KnownProviders.Shipped, _ => "Server=h;Database=d"));

    private static void AssertIsOneOf(ConfigResult result)
    {
        Assert.Equal(result.Config is null, result.Errors.Count > 0);
        Assert.All(result.Errors, error => Assert.InRange(error.ToString().Length, 10, 2_000));
    }
}
