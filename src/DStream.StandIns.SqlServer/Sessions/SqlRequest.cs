using DStream.StandIns.SqlServer.Types;

namespace DStream.StandIns.SqlServer.Sessions;

/// <summary>
/// A language batch (<paramref name="Procedure"/> null) or a call of a stored procedure by name with
/// <paramref name="Parameters"/>. The wire turns sp_executesql, sp_prepexec, sp_prepare, sp_execute and sp_unprepare into
/// language batches with parameters, so the engine sees those never.
/// </summary>
public sealed record SqlRequest(string Text, string? Procedure, IReadOnlyList<SqlParameter> Parameters);

/// <summary>A parameter; <paramref name="Name"/> with its @, or empty by position.</summary>
public sealed record SqlParameter(string Name, SqlType Type, object? Value, bool IsOutput = false);

/// <summary>Who logs in, and to what.</summary>
public sealed record SqlLogin(string User, string Password, string Database, string Application, string Host, int PacketBytes);

/// <summary>Isolation levels with the numbers of TDS.</summary>
public enum SqlIsolation : byte { Unspecified = 0, ReadUncommitted = 1, ReadCommitted = 2, RepeatableRead = 3, Serializable = 4, Snapshot = 5 }
