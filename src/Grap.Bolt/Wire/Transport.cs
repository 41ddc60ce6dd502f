using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Grap.Bolt.Wire;

/// <summary>A connected socket and the stream over it, encrypted or not.</summary>
internal sealed record Transport(Socket Socket, Stream Stream) : IDisposable
{
    /// <summary>Connects, trying a name's addresses in turn, and encrypts. Throws <see cref="BoltException"/>, and
    /// <see cref="OperationCanceledException"/> when cancelled.</summary>
    public static async Task<Transport> ConnectAsync(
        BoltEndpoint endpoint, BoltSecurity security, CancellationToken cancellation)
    {
        var socket = await ConnectAsync(endpoint, cancellation).ConfigureAwait(false);
        var stream = new NetworkStream(socket, ownsSocket: true);
        if (security == BoltSecurity.None)
            return new Transport(socket, stream);
        try
        {
            return new Transport(
                socket, await EncryptAsync(stream, endpoint, security, cancellation).ConfigureAwait(false));
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Whether a server that does not answer in plain answers to TLS.</summary>
    public static async Task<bool> SpeaksTlsAsync(BoltEndpoint endpoint, CancellationToken cancellation)
    {
        try
        {
            using var _ = await ConnectAsync(endpoint, BoltSecurity.EncryptedAnyCertificate, cancellation)
                .ConfigureAwait(false);
            return true;
        }
        catch (BoltException)
        {
            return false; // It does not: that is the answer asked for.
        }
    }

    /// <summary>Closes the socket; reads and writes that wait end with an exception.</summary>
    public void Dispose() => Socket.Dispose();

    private static async Task<Socket> ConnectAsync(BoltEndpoint endpoint, CancellationToken cancellation)
    {
        var addresses = await ResolveAsync(endpoint, cancellation).ConfigureAwait(false);
        SocketException? failure = null;
        foreach (var address in addresses)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
                await socket.ConnectAsync(address, endpoint.Port, cancellation).ConfigureAwait(false);
                return socket;
            }
            catch (SocketException e)
            {
                socket.Dispose();
                // "Refused" says more than what a second address of the same host may answer: something is there.
                if (failure is not { SocketErrorCode: SocketError.ConnectionRefused })
                    failure = e;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
        throw failure is { SocketErrorCode: SocketError.ConnectionRefused }
            ? new BoltException(BoltErrorKind.Refused,
                $"{endpoint} refused the connection: nothing listens there, or a firewall answers for it.", failure)
            : new BoltException(BoltErrorKind.Unreachable,
                $"{endpoint} cannot be reached: {failure?.Message ?? "the name has no address"}.", failure);
    }

    private static async Task<IPAddress[]> ResolveAsync(BoltEndpoint endpoint, CancellationToken cancellation)
    {
        if (IPAddress.TryParse(endpoint.Host, out var address))
            return [address];
        try
        {
            return await Dns.GetHostAddressesAsync(endpoint.Host, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            throw new BoltException(BoltErrorKind.Unreachable, $"The name {endpoint.Host} cannot be resolved.", e);
        }
    }

    private static async Task<SslStream> EncryptAsync(
        NetworkStream plain, BoltEndpoint endpoint, BoltSecurity security, CancellationToken cancellation)
    {
        var untrusted = SslPolicyErrors.None;
        var encrypted = new SslStream(plain, leaveInnerStreamOpen: false);
        try
        {
            await encrypted.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = endpoint.Host,
                    RemoteCertificateValidationCallback = (_, _, _, errors) =>
                    {
                        untrusted = errors;
                        return security == BoltSecurity.EncryptedAnyCertificate || errors == SslPolicyErrors.None;
                    },
                },
                cancellation).ConfigureAwait(false);
            return encrypted;
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            await encrypted.DisposeAsync().ConfigureAwait(false);
            var why = security == BoltSecurity.Encrypted && untrusted != SslPolicyErrors.None
                ? Explain(untrusted, endpoint)
                : "it does not speak TLS there, or no version that this machine accepts; " +
                  "a server without TLS is reached with bolt:// or neo4j://";
            throw new BoltException(BoltErrorKind.TlsFailed, $"TLS with {endpoint} failed: {why}.", e);
        }
    }

    private static string Explain(SslPolicyErrors errors, BoltEndpoint endpoint)
    {
        var why = errors switch
        {
            _ when errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable) => "it showed no certificate",
            _ when errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) =>
                $"its certificate is not for the name {endpoint.Host}",
            _ => "this machine does not trust its certificate",
        };
        return why + "; for a self-signed one, trust it on this machine, or accept any with +ssc in the address";
    }
}
