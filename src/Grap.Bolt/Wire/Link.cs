using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Security.Authentication;

namespace Grap.Bolt.Wire;

/// <summary>
/// Messages over one transport, with a limit for silence. Whatever goes wrong closes it, and every later use says why.
/// One reader and one writer at a time; <see cref="Close"/> may come from any thread.
/// </summary>
internal sealed class Link : IDisposable
{
    private enum Ending { None, Lost, Silence, Closed }

    private readonly Transport _transport;
    private readonly BoltEndpoint _endpoint;
    private readonly ChunkReader _input;
    private readonly ChunkWriter _output;
    private readonly ITimer _silence;
    private int _ending;

    public Link(Transport transport, BoltEndpoint endpoint, BoltSettings settings)
    {
        _transport = transport;
        _endpoint = endpoint;
        _input = new ChunkReader(transport.Stream, settings.MaxMessageBytes);
        _output = new ChunkWriter(transport.Stream);
        _silence = settings.Time.CreateTimer(
            static link => ((Link)link!).End(Ending.Silence), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public bool IsOpen => Volatile.Read(ref _ending) == (int)Ending.None;

    public bool IsEncrypted => _transport.Stream is SslStream;

    /// <summary>Limit for silence in both directions; null for none.</summary>
    public TimeSpan? SilenceLimit { get; set; }

    /// <summary>True if something waits to be read, which for an idle connection is its end or a keep-alive.</summary>
    public bool HasNews
    {
        get
        {
            try
            {
                return !IsOpen || _transport.Socket.Poll(0, SelectMode.SelectRead);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                Close(); // Closed between the two questions.
                return true;
            }
        }
    }

    public async Task<Version> AgreeOnVersionAsync()
    {
        try
        {
            return await Handshake.AgreeAsync(_transport.Stream, _input, _endpoint).ConfigureAwait(false);
        }
        catch (Exception e) when (IsTransportFailure(e))
        {
            throw Lost(e);
        }
    }

    /// <summary>Sets a lower limit than that of the connection for the messages to come, or lifts it.</summary>
    public void LimitMessages(int bytes) => _input.Limit(bytes);

    /// <summary>Continues a message from what has been received already; true if that completes it.</summary>
    public bool TryRead(NativeBuffer message) => _input.TryRead(message);

    /// <summary>Whether a whole message has been received already.</summary>
    public bool HasMessage() => _input.HasMessage();

    /// <summary>Waits until more has been received. Keep-alives come through here too: silence is only where nothing
    /// comes.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask FillAsync(NativeBuffer message)
    {
        try
        {
            await Guard(_input.FillAsync(message)).ConfigureAwait(false);
        }
        catch (Exception e) when (IsTransportFailure(e))
        {
            throw Lost(e);
        }
        finally
        {
            Disarm();
        }
    }

    /// <summary>Writes one message made of three parts, without sending what fits the buffer.</summary>
    public async ValueTask WriteAsync(
        ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> second = default, ReadOnlyMemory<byte> third = default)
    {
        try
        {
            await Guard(_output.WriteAsync(first, second, third)).ConfigureAwait(false);
        }
        catch (Exception e) when (IsTransportFailure(e))
        {
            throw Lost(e);
        }
        finally
        {
            Disarm();
        }
    }

    /// <summary>Sends what has been written.</summary>
    public async ValueTask FlushAsync()
    {
        try
        {
            await Guard(_output.FlushAsync()).ConfigureAwait(false);
        }
        catch (Exception e) when (IsTransportFailure(e))
        {
            throw Lost(e);
        }
        finally
        {
            Disarm();
        }
    }

    /// <summary>Sends bytes that are chunked already, past the buffer; for RESET, which another thread sends while a
    /// read waits.</summary>
    public async Task SendNowAsync(ReadOnlyMemory<byte> chunked)
    {
        try
        {
            await _transport.Stream.WriteAsync(chunked).ConfigureAwait(false);
        }
        catch (Exception e) when (IsTransportFailure(e))
        {
            // The reader that waits notices the same end, and reports it.
            End(Ending.Lost);
        }
    }

    /// <summary>Closes the connection; a read or write that waits ends at once.</summary>
    public void Close() => End(Ending.Closed);

    public void Dispose()
    {
        Close();
        _silence.Dispose();
    }

    private void End(Ending ending)
    {
        if (Interlocked.CompareExchange(ref _ending, (int)ending, (int)Ending.None) == (int)Ending.None)
            _transport.Dispose();
    }

    private ValueTask Guard(ValueTask transfer)
    {
        if (!transfer.IsCompleted && SilenceLimit is { } limit)
            _silence.Change(limit, Timeout.InfiniteTimeSpan);
        return transfer;
    }

    private void Disarm()
    {
        if (SilenceLimit is not null)
            _silence.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private static bool IsTransportFailure(Exception e) => e is IOException or SocketException
        or ObjectDisposedException or AuthenticationException or OperationCanceledException
        or InvalidOperationException;

    private BoltException Lost(Exception cause)
    {
        End(Ending.Lost);
        return (Ending)_ending switch
        {
            Ending.Silence => new BoltException(BoltErrorKind.TimedOut,
                $"{_endpoint} was silent for {SilenceLimit?.TotalSeconds:0.###} s; the connection was closed.", cause),
            Ending.Closed => new BoltException(BoltErrorKind.ConnectionLost,
                $"The connection to {_endpoint} has been closed on this side.", cause),
            _ => new BoltException(BoltErrorKind.ConnectionLost, cause is EndOfStreamException
                ? $"{_endpoint} closed the connection."
                : $"The connection to {_endpoint} was lost: {cause.Message}", cause),
        };
    }
}
