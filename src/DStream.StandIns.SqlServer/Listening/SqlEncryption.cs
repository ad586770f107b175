namespace DStream.StandIns.SqlServer;

/// <summary>What a listener does about TLS.</summary>
public enum SqlEncryption
{
    /// <summary>As a server does out of the box: everything for clients that ask (Encrypt=Mandatory), else the login only.</summary>
    Supported,

    /// <summary>Everything, for every client.</summary>
    Required,

    /// <summary>Clear text only; a client with Encrypt=Mandatory is refused by its own rules.</summary>
    NotSupported,
}
