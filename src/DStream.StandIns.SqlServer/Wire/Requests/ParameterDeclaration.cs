namespace DStream.StandIns.SqlServer.Wire.Requests;

internal readonly record struct ParameterDeclaration(string Name, bool HasDefault);
