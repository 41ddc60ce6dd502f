using System.Net;
using System.Net.Sockets;

namespace Grap.Tests.Integration.Servers;

/// <summary>
/// Stands between a client and a server and does to their connections what networks do: cuts them, in the middle of a
/// message too, lets them fall silent, slows them down. What happens when is said in bytes that the server sent, so
/// that a fault strikes where it is meant to.
/// </summary>
internal sealed class FaultyProxy : IAsyncDisposable
{
    // In seconds. Many pauses of a millisecond would take several times as long as they say.
    private const double ShortestPause = 0.05;

    private static readonly byte[] s_commit = [0x00, 0x02, 0xB0, 0x12, 0x00, 0x00];

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly List<ProxiedConnection> _connections = [];
    private readonly List<(long Byte, Action<ProxiedConnection> Strike)> _faults = [];
    private readonly Task _accepting;
    private TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dictionary<int, bool> _lostCommits = [];
    private long _received;
    private int _commits;

    public FaultyProxy(Uri target)
    {
        Target = target;
        _open.SetResult();
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Where new connections lead.</summary>
    public Uri Target { get; set; }

    /// <summary>The proxy's own address.</summary>
    public string Address => $"bolt://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>Bytes passed on from the server to the client, over all connections.</summary>
    public long Received => Interlocked.Read(ref _received);

    /// <summary>How many connections have been made.</summary>
    public int Connections
    {
        get
        {
            lock (_lock)
                return _connections.Count;
        }
    }

    /// <summary>Most bytes that one connection passes on in a second; null for no limit.</summary>
    public int? BytesPerSecond { get; set; }

    /// <summary>Does something once, when the server has sent this many bytes from now on: to the connection that
    /// carries the last of them, between that byte and the next.</summary>
    public void After(long bytes, Action<ProxiedConnection> strike)
    {
        lock (_lock)
            _faults.Add((_received + bytes, strike));
    }

    /// <summary>Cuts the connection that sends the COMMIT with this number, counted from 1 over all connections: before
    /// it reaches the server, or, where it <paramref name="arrives"/>, when the server has answered it and before the
    /// answer reaches the client.</summary>
    public void LoseCommit(int number, bool arrives)
    {
        lock (_lock)
            _lostCommits.Add(number, arrives);
    }

    /// <summary>Whether every COMMIT that was to be lost has been.</summary>
    public bool AllAreLost
    {
        get
        {
            lock (_lock)
                return _lostCommits.Count == 0;
        }
    }

    /// <summary>Cuts a connection; they count from 0 in the order in which they were made.</summary>
    public void Cut(int connection)
    {
        lock (_lock)
            _connections[connection].Cut();
    }

    /// <summary>Cuts every connection.</summary>
    public void CutAll()
    {
        lock (_lock)
            _connections.ForEach(static c => c.Cut());
    }

    /// <summary>From now on nothing is passed on, and nothing is closed either.</summary>
    public void Stall()
    {
        lock (_lock)
        {
            if (_open.Task.IsCompleted)
                _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        _listener.Stop();
        CutAll();
        await Task.WhenAll(_connections.Select(static c => c.Work));
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptSocketAsync(_stop.Token);
                client.NoDelay = true;
                var connection = new ProxiedConnection(client);
                lock (_lock)
                    _connections.Add(connection);
                connection.Work = ServeAsync(connection);
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed.
        }
    }

    private async Task ServeAsync(ProxiedConnection connection)
    {
        using (connection)
        {
            try
            {
                await connection.Server.ConnectAsync(Target.Host, Target.Port, _stop.Token);
                var up = PumpAsync(connection, connection.Client, connection.Server, fromServer: false);
                var down = PumpAsync(connection, connection.Server, connection.Client, fromServer: true);
                await Task.WhenAny(up, down);
                connection.Cut();
                await Task.WhenAll(up, down);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
            {
                // Cut, or ended by either side.
            }
        }
    }

    private async Task PumpAsync(ProxiedConnection connection, Socket from, Socket to, bool fromServer)
    {
        var buffer = new byte[16 << 10];
        var owed = 0.0;
        while (await from.ReceiveAsync(buffer, _stop.Token) is > 0 and var length)
        {
            if (fromServer ? connection.AnswerIsLost : IsLostOnTheWay(connection, buffer.AsSpan(0, length)))
                return;
            for (var sent = 0; sent < length;)
            {
                await _open.Task.WaitAsync(_stop.Token);
                var part = fromServer ? UntilNextFault(length - sent) : length - sent;
                for (var end = sent + part; sent < end;)
                    sent += await to.SendAsync(buffer.AsMemory(sent, end - sent), _stop.Token);
                if (fromServer)
                    Strike(connection, part);
            }
            owed += BytesPerSecond is { } most ? (double)length / most : 0;
            if (owed < ShortestPause)
                continue;
            await Task.Delay(TimeSpan.FromSeconds(owed), _stop.Token);
            owed = 0;
        }
    }

    private bool IsLostOnTheWay(ProxiedConnection connection, ReadOnlySpan<byte> sent)
    {
        if (!sent.EndsWith(s_commit))
            return false;
        lock (_lock)
        {
            if (!_lostCommits.Remove(++_commits, out var arrives))
                return false;
            connection.AnswerIsLost = arrives;
            return !arrives;
        }
    }

    private int UntilNextFault(int length)
    {
        lock (_lock)
            return (int)_faults.Select(f => f.Byte - _received).Where(static left => left > 0).Append(length).Min();
    }

    private void Strike(ProxiedConnection connection, int sent)
    {
        List<Action<ProxiedConnection>> due;
        lock (_lock)
        {
            _received += sent;
            due = [.. _faults.Where(f => f.Byte <= _received).Select(static f => f.Strike)];
            _faults.RemoveAll(f => f.Byte <= _received);
        }
        due.ForEach(strike => strike(connection));
    }
}

/// <summary>One connection through the proxy.</summary>
internal sealed class ProxiedConnection(Socket client) : IDisposable
{
    public Socket Client => client;

    public Socket Server { get; } = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    public Task Work { get; set; } = Task.CompletedTask;

    /// <summary>Whether the connection is cut when the server sends the next byte, which is not passed on.</summary>
    public bool AnswerIsLost { get; set; }

    /// <summary>Closes both ends, at once and without a word.</summary>
    public void Cut() => Dispose();

    public void Dispose()
    {
        client.Dispose();
        Server.Dispose();
    }
}
