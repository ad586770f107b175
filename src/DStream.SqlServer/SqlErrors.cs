using System.Collections.Frozen;

namespace DStream.SqlServer;

/// <summary>Error numbers of SQL Server and Azure SQL that DStream tells apart.</summary>
/// <remarks>Source: Microsoft Learn, "Database Engine events and errors" and "Troubleshoot transient connection errors in Azure SQL".</remarks>
internal static class SqlErrors
{
    public const int Timeout = -2;
    public const int InvalidColumn = 207;
    public const int InvalidObject = 208;
    public const int PermissionDenied = 229;
    public const int ColumnPermissionDenied = 230;
    public const int CreateDenied = 262;
    public const int FunctionArguments = 313;
    public const int SchemaMissingOrDenied = 2760;
    public const int CreateSchemaFailed = 2759;
    public const int ObjectExists = 2714;
    public const int UniqueIndex = 2601;
    public const int PrimaryKey = 2627;
    public const int CannotOpenDatabase = 4060;
    public const int LoginFailed = 18456;
    public const int UnboundColumn = 4104;
    public const int DatabaseNotEnabled = 22901;
    public const int TableNotEnabled = 22985;

    private static readonly FrozenSet<int> Transient = new[]
    {
        Timeout,
        1205, 1222, 3960, // deadlock victim, lock wait, snapshot conflict
        615, 921, 922, 926, 927, 942, 952, 976, 978, 982, 983, 9001, 6005, 17142, // database or server starts, stops, recovers or changes its role
        701, 802, 8628, 8645, 8651, // memory
        4221, 10928, 10929, 40143, 40197, 40501, 40540, 40544, 40549, 40550, 40551, 40552, 40553, 40613, 42108, 42109, 49918, 49919, 49920, // Azure SQL
    }.ToFrozenSet();

    private static readonly FrozenSet<int> Denied =
        new[] { PermissionDenied, ColumnPermissionDenied, CreateDenied, 297, 300, 371, 378, 916, 15247, 15562, 22980, 22981 }.ToFrozenSet();

    private static readonly FrozenSet<int> Logins =
        new[] { LoginFailed, 18450, 18451, 18452, 18461, 18470, 18486, 18487, 18488, 40532, 40615 }.ToFrozenSet();

    public static bool IsTransient(int number) => Transient.Contains(number);

    public static bool IsDenied(int number) => Denied.Contains(number);

    public static bool IsLogin(int number) => Logins.Contains(number);

    /// <summary>Whether the error can mean that a capture instance is gone, made anew, or does not cover the range.</summary>
    public static bool ConcernsCaptureInstance(int number) =>
        number is FunctionArguments or InvalidObject or InvalidColumn or UnboundColumn or DatabaseNotEnabled or TableNotEnabled;

    public static bool IsDuplicateKey(int number) => number is UniqueIndex or PrimaryKey;
}
