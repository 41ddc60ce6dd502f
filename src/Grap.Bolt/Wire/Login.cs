namespace Grap.Bolt.Wire;

/// <summary>An authenticated conversation and what is known of the server at its other end.</summary>
internal sealed class Conversation(Channel channel, Requests requests, BoltServer server)
{
    public Channel Channel { get; } = channel;

    public Requests Requests { get; } = requests;

    public BoltServer Server { get; } = server;

    /// <summary>Whether it is to be closed instead of used again.</summary>
    public bool IsStale { get; set; }
}

/// <summary>Opens connections: TCP, TLS, version, HELLO and LOGON, all within one limit of time.</summary>
internal sealed class Login(BoltAddress address, BoltAuth auth, BoltSettings settings)
{
    /// <summary>The routing context as sent, which names the address that the client began with: a single server
    /// answers ROUTE with it.</summary>
    public IReadOnlyDictionary<string, string> RoutingContext { get; } =
        new Dictionary<string, string>(address.RoutingContext, StringComparer.Ordinal)
        {
            ["address"] = address.Endpoint.ToString(),
        };

    public async Task<Conversation> OpenAsync(BoltEndpoint endpoint, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(settings.ConnectTimeout, settings.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            return await OpenWithinAsync(endpoint, either.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (
            e is OperationCanceledException or BoltException && cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException("Connecting was cancelled.", e, cancellation);
        }
        catch (Exception e) when (e is OperationCanceledException
            or BoltException { Kind: BoltErrorKind.ConnectionLost } && limit.IsCancellationRequested)
        {
            throw new BoltException(BoltErrorKind.TimedOut,
                $"{endpoint} did not finish connecting within {settings.ConnectTimeout.TotalSeconds:0.###} s.", e);
        }
    }

    private async Task<Conversation> OpenWithinAsync(BoltEndpoint endpoint, CancellationToken cancellation)
    {
        var transport = await Transport.ConnectAsync(endpoint, address.Security, cancellation).ConfigureAwait(false);
        var link = new Link(transport, endpoint, settings);
        var channel = new Channel(link, settings.Time);
        try
        {
            Requests requests;
            Dictionary<string, object?> hello;
            // Until the server has accepted the client there is nothing to RESET: whoever gives up closes.
            using (cancellation.UnsafeRegister(static link => ((Link)link!).Close(), link))
            {
                requests = new Requests(await AgreeOnVersionAsync(link, endpoint, cancellation).ConfigureAwait(false));
                hello = await GreetAsync(channel, requests).ConfigureAwait(false);
            }
            // Given up when the last reply was here already: it is closed all the same.
            cancellation.ThrowIfCancellationRequested();
            link.SilenceLimit = settings.ReadTimeout ?? SilenceHint(hello);
            var server = new BoltServer(endpoint, Text(hello, "server"), requests.Protocol,
                Text(hello, "connection_id"), link.IsEncrypted);
            return new Conversation(channel, requests, server);
        }
        catch
        {
            channel.Dispose();
            throw;
        }
    }

    private static async Task<Version> AgreeOnVersionAsync(
        Link link, BoltEndpoint endpoint, CancellationToken cancellation)
    {
        try
        {
            return await link.AgreeOnVersionAsync().ConfigureAwait(false);
        }
        catch (BoltException e) when (e.Kind == BoltErrorKind.ConnectionLost && !link.IsEncrypted
            && !cancellation.IsCancellationRequested)
        {
            // A server that wants TLS closes without a word. Whether that was the reason, only TLS can tell.
            if (await Transport.SpeaksTlsAsync(endpoint, cancellation).ConfigureAwait(false))
                throw Handshake.WantsTls(endpoint);
            throw;
        }
    }

    /// <summary>HELLO and, from 5.1 on, LOGON in one go. Returns HELLO's metadata.</summary>
    private async Task<Dictionary<string, object?>> GreetAsync(Channel channel, Requests requests)
    {
        var routing = address.Routing ? RoutingContext : null;
        var none = CancellationToken.None;
        await channel.SendAsync(requests.Hello(settings.UserAgent, routing, auth), none, flush: !requests.HasLogOn)
            .ConfigureAwait(false);
        if (requests.HasLogOn)
            await channel.SendAsync(requests.LogOn(auth), none).ConfigureAwait(false);

        var hello = await ReceiveAsync(channel).ConfigureAwait(false);
        if (requests.HasLogOn)
            await ReceiveAsync(channel).ConfigureAwait(false);
        return hello;
    }

    /// <summary>A reply, without the RESET that follows a failure elsewhere: a server that refuses a client
    /// closes.</summary>
    private static async Task<Dictionary<string, object?>> ReceiveAsync(Channel channel)
    {
        using var message = new NativeBuffer(1024);
        var kind = await channel.ReceiveAsync(message, CancellationToken.None).ConfigureAwait(false);
        return kind switch
        {
            ReplyKind.Success => channel.Metadata(message),
            ReplyKind.Failure => throw ServerFailure.From(channel.Metadata(message)),
            _ => throw channel.OutOfTurn(kind),
        };
    }

    private static TimeSpan? SilenceHint(Dictionary<string, object?> hello) =>
        hello.GetValueOrDefault("hints") is Dictionary<string, object?> hints
            && hints.GetValueOrDefault("connection.recv_timeout_seconds") is long and > 0 and < int.MaxValue / 1000
            ? TimeSpan.FromSeconds((long)hints["connection.recv_timeout_seconds"]!)
            : null;

    private static string Text(Dictionary<string, object?> hello, string key) =>
        hello.GetValueOrDefault(key) as string ?? "";
}
