using System.Runtime.InteropServices;
using System.Threading.Channels;
using Grap.Lab.Servers;
using Newtonsoft.Json;

namespace Grap.Lab;

/// <summary>Runs a server for another program, which talks to it through standard input and output.</summary>
public sealed class ServeCommand(TextReader input, TextWriter output)
{
    /// <summary>Serves until the input ends, says <c>stop</c>, or a signal asks to end.</summary>
    public async Task RunAsync(ServeArguments arguments, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Stop(signal, stop));
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Stop(signal, stop));
        // The parent may end before the server is up, and then its end of the pipe is all that tells us.
        var words = ReadWordsAsync(stop);
        try
        {
            await using var server = await LabServer.StartAsync(arguments.Server, stop.Token);
            await ServeAsync(server, arguments, words, stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Asked to end; the server was stopped on the way out.
        }
    }

    private async Task ServeAsync(
        LabServer server, ServeArguments arguments, ChannelReader<string> words, CancellationToken stop)
    {
        var (nodes, relationships) = await arguments.Graph.LoadAsync(server, stop);
        LedgerWriter? writer = null;
        try
        {
            if (arguments.Writer)
                writer = await LedgerWriter.StartAsync(server, cancellation: stop);
            Answer(new
            {
                uri = server.Uri.OriginalString,
                user = server.User,
                version = server.Version,
                home = server.Home,
                dataFolder = server.DataFolder,
                nodes,
                relationships,
                pid = server.ProcessId,
                writing = writer is not null,
            });
            await foreach (var word in words.ReadAllAsync(stop))
            {
                switch (word)
                {
                    case "":
                        break;
                    case "writer on":
                        writer ??= await LedgerWriter.StartAsync(server, cancellation: stop);
                        Answer(new { writing = true, committed = writer.Committed });
                        break;
                    case "writer off":
                        Answer(new { writing = false, committed = await StopWriterAsync() });
                        break;
                    case "status":
                        Answer(new { writing = writer is not null, committed = writer?.Committed ?? 0 });
                        break;
                    case "stop":
                        Answer(new { stopping = true });
                        await StopWriterAsync();
                        // In peace: whoever says so wants what Java does at its end.
                        if (server is InstalledServer installed)
                            await installed.Server.StopAsync(CancellationToken.None);
                        return;
                    default:
                        Answer(new { error = $"'{word}' is not known: writer on, writer off, status, stop." });
                        break;
                }
            }
        }
        finally
        {
            if (writer is not null)
                await writer.DisposeAsync();
        }

        async Task<long> StopWriterAsync()
        {
            if (writer is null)
                return 0;
            await writer.StopAsync();
            var committed = writer.Committed;
            await writer.DisposeAsync();
            writer = null;
            return committed;
        }
    }

    // Lines are read on a thread of their own: a console's read cannot be cancelled.
    private ChannelReader<string> ReadWordsAsync(CancellationTokenSource stop)
    {
        var words = Channel.CreateUnbounded<string>();
        var reader = new Thread(() =>
        {
            try
            {
                while (input.ReadLine() is { } line)
                {
                    words.Writer.TryWrite(line.Trim());
                    // Nothing comes behind it, and it waits for its turn: whoever sends it at once sees the server first.
                    if (line.Trim() == "stop")
                        return;
                }
                stop.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // Everything ended already.
            }
        })
        { IsBackground = true, Name = "standard input" };
        reader.Start();
        return words.Reader;
    }

    private void Answer(object value)
    {
        output.WriteLine(JsonConvert.SerializeObject(value));
        output.Flush();
    }

    private static void Stop(PosixSignalContext signal, CancellationTokenSource stop)
    {
        signal.Cancel = true;
        stop.Cancel();
    }
}
