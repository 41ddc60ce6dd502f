using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Grap.Archives;
using Grap.Graphs;
using Grap.Repositories;

namespace Grap.Recovery.Staging;

/// <summary>
/// A table of ids beside the graph that it belongs to, so that a validation can be begun again without a restore. For each of
/// its two tables: the number of ranges, and for each range its first id, the number of nodes, their offsets of 2 bytes, and
/// their ids in staging of 8, in the byte order of this machine, on which it is read.
/// </summary>
internal static class NodeIdFile
{
    /// <summary>Writes a new file, syncs it, and returns its SHA-256.</summary>
    public static string Write(string path, NodeIds ids, IFileSystem disk)
    {
        using var file = disk.CreateNew(path) ?? throw RepositoryPlace.Taken(path);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var (kept, others) = ids.Tables;
        foreach (var table in new[] { kept, others })
        {
            var ranges = 0;
            table?.ForEachRange((_, _, _) => ranges++);
            PutNumbers(ranges);
            table?.ForEachRange((firstId, offsets, restored) =>
            {
                PutNumbers((int)firstId, (int)(firstId >> 32), offsets.Length);
                Put(MemoryMarshal.AsBytes(offsets));
                Put(MemoryMarshal.AsBytes(restored));
            });
        }
        file.Sync();
        return Convert.ToHexString(hash.GetHashAndReset());

        void PutNumbers(params ReadOnlySpan<int> numbers) => Put(MemoryMarshal.AsBytes(numbers));

        void Put(ReadOnlySpan<byte> bytes)
        {
            file.Append(bytes);
            hash.AppendData(bytes);
        }
    }

    /// <summary>Reads one; null where it is not there, or is not the one with <paramref name="sha256"/>.</summary>
    public static NodeIds? TryRead(string path, string sha256)
    {
        if (!File.Exists(path))
            return null;
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20);
        if (Convert.ToHexString(SHA256.HashData(file)) != sha256)
            return null;
        // It is what was written here: nothing of it needs another look.
        file.Position = 0;
        using var reader = new BinaryReader(file);
        var (kept, others) = (new NodeTable(), new NodeTable());
        foreach (var table in new[] { kept, others })
        {
            for (var ranges = reader.ReadInt32(); ranges > 0; ranges--)
            {
                var firstId = reader.ReadInt64();
                var offsets = new ushort[reader.ReadInt32()];
                var restored = new ulong[offsets.Length];
                file.ReadExactly(MemoryMarshal.AsBytes(offsets.AsSpan()));
                file.ReadExactly(MemoryMarshal.AsBytes(restored.AsSpan()));
                table.Add(new BlockKey(BlockKind.Nodes, firstId, 0), offsets, restored);
            }
            table.Complete();
        }
        return new NodeIds(kept, others);
    }
}
