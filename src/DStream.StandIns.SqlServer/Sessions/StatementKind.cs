namespace DStream.StandIns.SqlServer.Sessions;

/// <summary>
/// What a statement was, with the numbers that DONE carries as CurCmd. MS-TDS 2.2.7.6 leaves them open; these are the ones
/// that SqlClient knows (TdsEnums). It takes the count of every kind but <see cref="Select"/> for rows affected.
/// </summary>
public enum StatementKind : ushort { Other = 0, Select = 0xC1, Insert = 0xC3, Delete = 0xC4, Update = 0xC5, BulkInsert = 0xF0, Merge = 0x117 }
