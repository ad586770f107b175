using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace DStream.StandIns.ServiceBus;

/// <summary>Makes certificates for <see cref="ServiceBusStandInOptions.Certificate"/>, so that TLS can be tried without an authority.</summary>
public static class SelfSignedCertificate
{
    /// <summary>For localhost and 127.0.0.1, from a day before to a month after <paramref name="now"/>, with its key.</summary>
    public static X509Certificate2 Create(DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        // Its own authority: some clients take no leaf among their trusted roots.
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1", "TLS server")], critical: false));
        return request.CreateSelfSigned(now.AddDays(-1), now.AddMonths(1));
    }
}
