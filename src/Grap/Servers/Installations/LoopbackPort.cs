using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Grap.Servers.Installations;

/// <summary>Picks ports for local servers.</summary>
internal static class LoopbackPort
{
    // Below the ports that systems hand out for outgoing connections (Linux from 32768, others from 49152), which come
    // and go at any moment.
    private const int First = 20_000;
    private const int End = 32_000;

    /// <summary>
    /// A port of the loopback interface that is free now. Somebody else may take it before the server does, and Neo4j
    /// cannot be told to choose one itself (it binds port 0, but never says which port that became): whoever starts a
    /// server tries again with another port.
    /// </summary>
    public static int Pick()
    {
        while (true)
        {
            var port = RandomNumberGenerator.GetInt32(First, End);
            using var probe = new TcpListener(IPAddress.Loopback, port);
            try
            {
                probe.Start();
                return port;
            }
            catch (SocketException taken) when (
                taken.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
            {
                // In use, or reserved (Windows keeps ranges for itself): the next one.
            }
        }
    }
}
