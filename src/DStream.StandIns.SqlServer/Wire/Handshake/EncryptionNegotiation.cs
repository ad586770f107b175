namespace DStream.StandIns.SqlServer.Wire.Handshake;

/// <summary>Which part of a connection is encrypted.</summary>
internal enum EncryptedPart { Nothing, Login, Everything }

/// <summary>The table of MS-TDS 2.2.6.5: what the client offers against what the server wants.</summary>
internal static class EncryptionNegotiation
{
    public static (Encryption Answer, EncryptedPart Part) Decide(Encryption client, SqlEncryption server) => (client, server) switch
    {
        (_, SqlEncryption.NotSupported) => (Encryption.NotSupported, EncryptedPart.Nothing),
        (Encryption.On or Encryption.Required, _) => (Encryption.On, EncryptedPart.Everything),
        // A client that offers OFF must be told REQ; ON is not among the answers that it takes.
        (Encryption.Off, SqlEncryption.Required) => (Encryption.Required, EncryptedPart.Everything),
        (Encryption.Off, _) => (Encryption.Off, EncryptedPart.Login),
        (_, SqlEncryption.Required) => (Encryption.Required, EncryptedPart.Nothing),
        _ => (Encryption.NotSupported, EncryptedPart.Nothing),
    };
}
