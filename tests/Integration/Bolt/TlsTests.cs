using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Grap.Bolt;
using Grap.Lab.Graphs;
using Grap.Lab.Servers;
using Grap.Servers;
using Grap.Tests.Integration.Backups;
using Grap.Tests.Integration.Servers;

namespace Grap.Tests.Integration.Bolt;

/// <summary>Encrypted connections to a server with a certificate of its own making.</summary>
public sealed class TlsTests : IAsyncLifetime
{
    private readonly string _certificates = Directory.CreateTempSubdirectory("grap-tls-").FullName;
    private LabServer? _server;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        WriteCertificate(_certificates);
        _server = await ServerPool.StartAsync(ServerPool.Options(LabServerOptions.DefaultVersion) with
        {
            Settings = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["server.bolt.tls_level"] = "OPTIONAL",
                ["dbms.ssl.policy.bolt.enabled"] = "true",
                ["dbms.ssl.policy.bolt.base_directory"] = _certificates,
                ["dbms.ssl.policy.bolt.private_key"] = "private.key",
                ["dbms.ssl.policy.bolt.public_certificate"] = "public.crt",
                ["dbms.ssl.policy.bolt.client_auth"] = "NONE",
            },
        }, Cancellation);
    }

    [Fact]
    public async Task A_graph_is_backed_up_over_TLS_as_it_is_without()
    {
        var server = _server!;
        if (server.Home is null)
            Assert.Skip("A server in a container does not see this test's certificates.");
        await new GraphOptions(GraphName.Generated, 3000).LoadAsync(server, Cancellation);
        await using var plain = await Workplace.OpenAsync(server);
        await using var encrypted = await Workplace.OpenAsync(server, Address("bolt+ssc"));
        await using var routed = await Workplace.OpenAsync(server, Address("neo4j+ssc"));

        var fingerprint = (await plain.TakeAsync()).Fingerprint;

        Assert.False(plain.Session.Encrypted);
        Assert.True(encrypted.Session.Encrypted);
        Assert.Equal(fingerprint, (await encrypted.TakeAsync()).Fingerprint);
        Assert.Equal(fingerprint, (await routed.TakeAsync()).Fingerprint);

        var refusal = await Assert.ThrowsAsync<GrapException>(() => Session.OpenAsync(
            new SessionOptions(BoltAddress.Parse(Address("bolt+s")), server.Auth), Cancellation));
        Assert.Equal(GrapCondition.TlsFailed, refusal.Condition);
        Assert.Contains("bolt+ssc://", refusal.RecommendedAction, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        Directory.Delete(_certificates, recursive: true);
    }

    private string Address(string scheme) =>
        _server!.Uri.OriginalString.Replace("bolt://", scheme + "://", StringComparison.Ordinal);

    private static void WriteCertificate(string folder)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(
            DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(Path.Combine(folder, "private.key"), key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(Path.Combine(folder, "public.crt"), certificate.ExportCertificatePem());
    }
}
