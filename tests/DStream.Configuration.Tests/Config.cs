namespace DStream.Configuration.Tests;

/// <summary>Texts to load, and short ways to load them.</summary>
internal static class Config
{
    internal const string Sql = "Server=tcp:db1.corp,1433;Database=Shop;User ID=sa;Password=hunter2";
    internal const string Bus = "Endpoint=sb://ns.servicebus.windows.net/;SharedAccessKeyName=root;SharedAccessKey=c2VjcmV0a2V5";
    internal const string Blob = "DefaultEndpointsProtocol=https;AccountName=acc;AccountKey=c2VjcmV0YmxvYg==;EndpointSuffix=core.windows.net";

    /// <summary>A file that is valid as it is; the parts of its ingester can be replaced or added to.</summary>
    internal static string Ingester(
        string tables = "tables = [\"Persons\"]",
        string more = "",
        string sql = "db_connection_string = \"" + Sql + "\"",
        string queue = "queue { type = \"memory\" }",
        string locks = "locks { type = \"memory\" }") =>
        $"ingester {{\n  {sql}\n  {tables}\n  {queue}\n  {locks}\n  {more}\n}}\n";

    internal static ConfigResult Load(string text, ConfigRoles roles = ConfigRoles.Ingester, params (string Name, string Value)[] environment) =>
        ConfigLoader.Parse(text, "test.hcl", KnownProviders.Shipped, Environment(environment), roles);

    internal static Func<string, string?> Environment(params (string Name, string Value)[] variables)
    {
        var map = variables.ToDictionary(v => v.Name, v => v.Value);
        return name => map.GetValueOrDefault(name);
    }

    internal static IngesterConfig LoadIngester(string text, params (string Name, string Value)[] environment)
    {
        var config = Load(text, ConfigRoles.Ingester, environment).GetOrThrow();
        return config.Ingester!;
    }

    /// <summary>The only error of a text.</summary>
    internal static ConfigError Error(string text, ConfigRoles roles = ConfigRoles.Ingester, params (string Name, string Value)[] environment)
    {
        var result = Load(text, roles, environment);
        Assert.Null(result.Config);
        return Assert.Single(result.Errors);
    }

    /// <summary>Line and column of the first place where a piece of text stands.</summary>
    internal static (int Line, int Column) Place(string text, string piece)
    {
        var at = text.IndexOf(piece, StringComparison.Ordinal);
        Assert.True(at >= 0, $"the text does not hold {piece}");
        var before = text[..at];
        return (before.Count(c => c == '\n') + 1, at - before.LastIndexOf('\n'));
    }

    internal static void AssertAt(string text, string piece, ConfigError error) => Assert.Equal(Place(text, piece), (error.Line, error.Column));
}
