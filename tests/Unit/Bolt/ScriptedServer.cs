using System.Net;
using System.Net.Sockets;
using Grap.Bolt;

namespace Grap.Tests.Unit.Bolt;

/// <summary>
/// A server in this process that plays a script for each connection: the first script for the first one, and so on, the
/// last one for all that follow. A script that fails makes the test fail when the server is disposed.
/// </summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Func<ServerEnd, Task>[] _scripts;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _plays = [];
    private readonly Task _accepting;

    public ScriptedServer(params Func<ServerEnd, Task>[] scripts)
    {
        _scripts = scripts;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public BoltEndpoint Endpoint => new("127.0.0.1", ((IPEndPoint)_listener.LocalEndpoint).Port);

    /// <summary>How many connections have been accepted.</summary>
    public int Connections { get; private set; }

    public BoltDriver Driver(BoltAuth? auth = null, BoltSettings? settings = null, string scheme = "bolt") =>
        new(BoltAddress.Parse($"{scheme}://{Endpoint}"), auth ?? BoltAuth.None, settings);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        // Before the listener stops: a connection may just have been accepted, and the next is asked for then.
        await _accepting;
        _listener.Stop();
        await Task.WhenAll(_plays);
        _stop.Dispose();
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync(_stop.Token);
                socket.NoDelay = true;
                _plays.Add(PlayAsync(socket, _scripts[Math.Min(Connections++, _scripts.Length - 1)]));
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed: nobody else is to come.
        }
    }

    private async Task PlayAsync(Socket socket, Func<ServerEnd, Task> script)
    {
        using (socket)
        {
            try
            {
                using var end = new ServerEnd(socket, _stop.Token);
                await script(end);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or SocketException)
            {
                // The client closed, or the test has ended: what it was to find it has found.
            }
        }
    }
}
