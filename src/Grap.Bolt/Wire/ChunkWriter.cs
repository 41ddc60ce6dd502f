using System.Buffers.Binary;

namespace Grap.Bolt.Wire;

/// <summary>
/// Turns messages into chunks. Large parameters are copied once, into the output buffer between the chunks' heads, so
/// that the kernel always gets large pieces.
/// </summary>
internal sealed class ChunkWriter(Stream stream)
{
    private const int OutputBytes = 64 << 10;
    private const int HeadBytes = 2;

    private readonly byte[] _output = GC.AllocateUninitializedArray<byte>(OutputBytes, pinned: true);
    private int _length;

    /// <summary>Writes one message made of three parts that follow each other.</summary>
    public async ValueTask WriteAsync(
        ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> second, ReadOnlyMemory<byte> third)
    {
        var left = (long)first.Length + second.Length + third.Length;
        var chunkLeft = 0;
        for (var part = 0; part < 3; part++)
        {
            var bytes = part switch { 0 => first, 1 => second, _ => third };
            while (bytes.Length > 0)
            {
                if (chunkLeft == 0)
                {
                    chunkLeft = (int)Math.Min(left, ushort.MaxValue);
                    await WriteHeadAsync(chunkLeft).ConfigureAwait(false);
                }
                if (_length == OutputBytes)
                    await FlushAsync().ConfigureAwait(false);
                var take = Math.Min(Math.Min(chunkLeft, bytes.Length), OutputBytes - _length);
                bytes.Span[..take].CopyTo(_output.AsSpan(_length));
                bytes = bytes[take..];
                _length += take;
                chunkLeft -= take;
                left -= take;
            }
        }
        await WriteHeadAsync(0).ConfigureAwait(false);
    }

    /// <summary>Sends what has been written.</summary>
    public async ValueTask FlushAsync()
    {
        var length = _length;
        _length = 0;
        await stream.WriteAsync(_output.AsMemory(0, length)).ConfigureAwait(false);
    }

    private async ValueTask WriteHeadAsync(int length)
    {
        if (OutputBytes - _length < HeadBytes)
            await FlushAsync().ConfigureAwait(false);
        BinaryPrimitives.WriteUInt16BigEndian(_output.AsSpan(_length), (ushort)length);
        _length += HeadBytes;
    }
}
