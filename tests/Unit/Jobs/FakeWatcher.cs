using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Grap.Tests.Unit.Jobs;

/// <summary>Somebody on loopback who waits for heartbeats, and answers each with a status, or never.</summary>
internal sealed class FakeWatcher : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _closing = new();
    private readonly List<string> _requests = [];
    private readonly int? _status;
    private readonly Task _serving;

    /// <param name="status">What it answers with; null for no answer.</param>
    public FakeWatcher(int? status)
    {
        _status = status;
        _listener.Start();
        _serving = Task.Run(ServeAsync);
    }

    /// <summary>Where it is to be told. The path and the query are the secret.</summary>
    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/ping/sesame?rid=open");

    /// <summary>The first line of each request.</summary>
    public IReadOnlyList<string> Requests
    {
        get
        {
            lock (_requests)
                return [.. _requests];
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _serving;
        _listener.Dispose();
        _closing.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync(_closing.Token);
                await AnswerAsync(client.GetStream());
            }
        }
        catch (OperationCanceledException)
        {
            // The regular end.
        }
    }

    private async Task AnswerAsync(NetworkStream stream)
    {
        using var reader = new StreamReader(stream, Encoding.ASCII);
        var first = await reader.ReadLineAsync(_closing.Token);
        lock (_requests)
            _requests.Add(first ?? "");
        while (await reader.ReadLineAsync(_closing.Token) is { Length: > 0 }) { }
        if (_status is { } status)
            await stream.WriteAsync(Encoding.ASCII.GetBytes(
                $"HTTP/1.1 {status} Said\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"), _closing.Token);
        else
            await Task.Delay(Timeout.Infinite, _closing.Token);
    }
}
