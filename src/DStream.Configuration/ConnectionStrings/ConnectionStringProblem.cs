namespace DStream.Configuration.ConnectionStrings;

/// <summary>
/// Why a connection string cannot be used. Neither text holds any part of it (I8): what looks like a keyword may be the rest of a
/// password that was not quoted.
/// </summary>
internal sealed record ConnectionStringProblem(string Message, string Remedy);
