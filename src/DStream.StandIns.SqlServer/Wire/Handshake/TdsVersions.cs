namespace DStream.StandIns.SqlServer.Wire.Handshake;

/// <summary>The versions of MS-TDS 2.2.6.4 (TDSVersion), as the number that LOGIN7 carries.</summary>
internal static class TdsVersions
{
    private const uint Tds72 = 0x72000000, Tds73 = 0x73000000, Tds74 = 0x74000004, Tds8 = 0x08000000;

    // 8.0 is the only one whose number is not above those before it.
    private static bool Is8(uint version) => version >> 24 == Tds8 >> 24;

    /// <summary>From 7.3 on: before it there are no types for date, time, datetime2 and datetimeoffset.</summary>
    public static bool IsServed(uint version) => Is8(version) || version >= Tds73;

    public static bool IsAtLeast74(uint version) => Is8(version) || version >> 24 >= Tds74 >> 24;

    /// <summary>Before 7.2 line numbers and row counts are half as long; 7.2 itself is refused in the form that it understands.</summary>
    public static bool HasShortTokens(uint version) => !Is8(version) && version < Tds72;

    /// <summary>The client's own version, which it may be told only where it is the server's as well, else the server's newest.</summary>
    public static uint Answer(uint version) => Is8(version) ? Tds8 : Math.Min(version, Tds74);
}
