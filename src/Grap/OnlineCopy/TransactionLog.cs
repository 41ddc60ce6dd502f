using System.Buffers.Binary;
using Grap.Bolt;
using Grap.Repositories;

namespace Grap.OnlineCopy;

/// <summary>A transaction that is in a log with all its bytes.</summary>
/// <param name="Transaction">Its number.</param>
/// <param name="AtMillis">When it was committed, in milliseconds since 1970, by the server's clock.</param>
/// <param name="End">Bytes of the log up to the end of its commit entry.</param>
internal sealed record LogCommit(long Transaction, long AtMillis, long End)
{
    /// <summary>When it was committed; null where the log holds no time.</summary>
    public DateTimeOffset? At => Moments.FromMillis(AtMillis);
}

/// <summary>What a transaction log holds, as far as a copy needs to know.</summary>
/// <param name="Header">Its header.</param>
/// <param name="LastCommit">Its last complete commit; null where it holds none.</param>
internal sealed record TransactionLog(LogHeader Header, LogCommit? LastCommit)
{
    // kernelVersion:1, type:1, transaction:8, time:8, checksum:4.
    private const int CommitSize = 22;
    private const int ChecksumAt = CommitSize - sizeof(uint);
    private const byte CommitType = 5;
    private const int TimeAt = 10;
    private const int Chunk = 1 << 20;

    /// <summary>The last transaction up to the end of this log.</summary>
    public long LastTransaction => LastCommit?.Transaction ?? Header.LastTransactionBefore;

    /// <summary>Where the log ends once it is cut after its last complete commit.</summary>
    public long End => LastCommit?.End ?? LogHeader.Size;

    /// <summary>
    /// Reads a log from its beginning and finds its commits: a commit entry bears the next number and the CRC-32C of
    /// all bytes since the commit entry before it, so neither a half-written transaction, nor zeros that the file was
    /// lengthened with, nor a property with the bytes of such an entry is taken for one. Null where the file has no
    /// header yet.
    /// </summary>
    public static TransactionLog? Read(IReadableFile file, string name, CancellationToken cancellation)
    {
        using var buffer = new NativeBuffer(Chunk);
        var chunk = buffer.Memory.Span[..Chunk];
        if (LogHeader.Read(chunk[..Fill(file, 0, chunk[..LogHeader.Size])], name) is not { } header)
            return null;
        var search = new CommitSearch(header.LastTransactionBefore);
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var read = Fill(file, search.Position, chunk);
            search.Go(chunk[..read]);
            if (read < Chunk)
                return new TransactionLog(header, search.Last);
        }
    }

    /// <summary>Reads as much as there is.</summary>
    public static int Fill(IReadableFile file, long offset, Span<byte> destination)
    {
        var filled = 0;
        while (filled < destination.Length)
        {
            var read = file.ReadAt(offset + filled, destination[filled..]);
            if (read == 0)
                break;
            filled += read;
        }
        return filled;
    }

    private struct CommitSearch(long before)
    {
        private readonly byte[] _wanted = Pattern(before + 1);
        private long _next = before + 1;
        private uint _state = Crc32C.Start;

        /// <summary>Byte of the log up to which the search has come, and the checksum reaches.</summary>
        public long Position { get; private set; } = LogHeader.Size;

        public LogCommit? Last { get; private set; }

        /// <summary>Searches in the bytes that begin at <see cref="Position"/>; leaves those at their end that may be
        /// the beginning of an entry.</summary>
        public void Go(ReadOnlySpan<byte> bytes)
        {
            while (bytes.Length >= CommitSize)
            {
                // All but the entry's first byte, which is the server's version.
                var found = bytes[1..^(CommitSize - 1 - _wanted.Length)].IndexOf(_wanted);
                if (found < 0)
                {
                    Pass(ref bytes, bytes.Length - CommitSize + 1);
                    return;
                }
                Pass(ref bytes, found);
                var checksum = Crc32C.End(Crc32C.Append(_state, bytes[..ChecksumAt]));
                if (checksum == BinaryPrimitives.ReadUInt32LittleEndian(bytes[ChecksumAt..]))
                    Take(ref bytes);
                else
                    Pass(ref bytes, 1);
            }
        }

        private void Pass(ref ReadOnlySpan<byte> bytes, int count)
        {
            _state = Crc32C.Append(_state, bytes[..count]);
            Position += count;
            bytes = bytes[count..];
        }

        private void Take(ref ReadOnlySpan<byte> bytes)
        {
            Position += CommitSize;
            Last = new LogCommit(_next, BinaryPrimitives.ReadInt64LittleEndian(bytes[TimeAt..]), Position);
            _state = Crc32C.Start;
            _next++;
            BinaryPrimitives.WriteInt64LittleEndian(_wanted.AsSpan(1), _next);
            bytes = bytes[CommitSize..];
        }

        private static byte[] Pattern(long transaction)
        {
            var pattern = new byte[1 + sizeof(long)];
            pattern[0] = CommitType;
            BinaryPrimitives.WriteInt64LittleEndian(pattern.AsSpan(1), transaction);
            return pattern;
        }
    }
}
