namespace DStream.SqlServer.Tests;

/// <summary>A row of a change table.</summary>
internal sealed record ScriptedRow(int Operation, byte[] Mask, params object?[] Values);
