namespace DStream.StandIns.SqlServer.Security;

/// <summary>
/// A login that CREATE LOGIN made. Logins that nobody made (sa, and whoever the options let in) are administrators; those made so may
/// do what they are granted.
/// </summary>
/// <param name="Name">Its name.</param>
/// <param name="Password">Compared at login.</param>
/// <param name="IsAdministrator">A member of sysadmin.</param>
internal sealed record ServerLogin(string Name, string Password, bool IsAdministrator = false);
