namespace DStream.Configuration.ConnectionStrings;

/// <summary>A connection string in ADO.NET form, with the names that destinations are made of.</summary>
internal sealed record SqlTarget(string ConnectionString, string Server, string Database);
