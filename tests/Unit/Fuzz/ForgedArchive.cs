using System.Buffers.Binary;
using System.IO.Hashing;
using System.Security.Cryptography;
using System.Text;
using Grap.Archives;
using Grap.Tests.Unit.Archives;
using Grap.Tests.Unit.Graphs;
using ZstdSharp;

namespace Grap.Tests.Unit.Fuzz;

/// <summary>
/// An archive of parts that may each be changed, put together with hashes that fit the changes: nobody who reads it is
/// stopped by a hash before the code that parses has seen what was changed. The layout is that of docs/archive.md.
/// </summary>
internal sealed class ForgedArchive
{
    private static readonly byte[] s_manifest = ManifestOf(SmallArchive.Bytes());

    private static readonly BlockKey[] s_columns =
        [new(BlockKind.Nodes, 131_072, 0), new(BlockKind.Relationships, 131_072, 0)];

    private readonly byte[] _header = new byte[48];
    private readonly List<ForgedBlock> _blocks = [];
    private byte[] _manifest = (byte[])s_manifest.Clone();
    private byte[]? _index;
    private Action<Span<byte>>? _changeTrailer;

    private ForgedArchive()
    {
        byte[] magic = [0xC7, 0x47, 0x52, 0x50, 0x0D, 0x0A, 0x1A, 0x0A];
        magic.CopyTo(_header, 0);
        _header[8] = 1;
        SmallArchive.Id.TryWriteBytes(_header.AsSpan(16), bigEndian: true, out _);
    }

    /// <summary>A sound archive, of which one to three parts were changed.</summary>
    public static byte[] Make(Random random)
    {
        var archive = new ForgedArchive();
        archive.AddSoundBlocks();
        for (var changes = random.Next(1, 4); changes > 0; changes--)
            archive.Change(random);
        return archive.Build();
    }

    /// <summary>One that nobody changed, to show that the forger can write.</summary>
    public static byte[] MakeSound()
    {
        var archive = new ForgedArchive();
        archive.AddSoundBlocks();
        return archive.Build();
    }

    private void AddSoundBlocks()
    {
        var nodes = ElementBytes.Join(
            ElementBytes.Node(0, ["A"], ("name", "x")), ElementBytes.Node(5, ["A", "B"], ("list", new[] { 1, 2, 3 })));
        var relationships = ElementBytes.Relationship(3, 0, 5, "T", ("since", new DateOnly(2026, 1, 1)));
        _blocks.Add(ForgedBlock.Stored(1, 0, 2, nodes));
        _blocks.Add(ForgedBlock.Compressed(1, 65_536, 0, new byte[200_000]));
        _blocks.Add(Columns(s_columns[0]));
        _blocks.Add(ForgedBlock.Stored(2, 0, 1, relationships));
        _blocks.Add(ForgedBlock.Compressed(2, 65_536, 0, SmallArchive.Content(900)));
        _blocks.Add(Columns(s_columns[1]));

        static ForgedBlock Columns(BlockKey key) =>
            ForgedBlock.Columns(key, 20, ForgedColumns.Elements(key, 20, new Random(7)));
    }

    private void Change(Random random)
    {
        var block = _blocks[random.Next(_blocks.Count)];
        switch (random.Next(11))
        {
            case 9 or 10: // changed columns in the place of sound ones
                var columns = _blocks.Where(static one => one.HasColumns).ToArray();
                if (columns.Length > 0)
                    columns[random.Next(columns.Length)].StoreForm(ForgedColumns.Make(s_columns[random.Next(s_columns.Length)], random));
                break;
            case 0:
                Mutation.Overwrite(_header.AsSpan(8), random);
                break;
            case 1: // what a frame and the index claim
                Mutation.Overwrite(block.Head.AsSpan(4), random);
                break;
            case 2: // what is stored, and, where that is no longer the same, what is claimed of it
                block.Bytes = Mutation.Mutate(block.Bytes, random);
                if (random.Next(2) == 0)
                    block.ClaimLengths();
                break;
            case 3: // a small frame that claims another length
                BinaryPrimitives.WriteInt32LittleEndian(block.Head.AsSpan(24), random.Next(3) switch
                {
                    0 => random.Next(1 << 30),
                    1 => 1 << 30,
                    _ => block.Bytes.Length + random.Next(1000),
                });
                break;
            case 4:
                _manifest = Mutation.MutateJson(_manifest, random);
                break;
            case 5:
                _index = Mutation.Mutate(Index(), random);
                break;
            case 6:
                _changeTrailer = bytes => Mutation.Overwrite(bytes, random);
                break;
            case 7:
                _blocks.RemoveAt(random.Next(_blocks.Count));
                if (_blocks.Count == 0)
                    AddSoundBlocks();
                break;
            default: // a block twice, or in another's place
                _blocks.Insert(random.Next(_blocks.Count + 1), block);
                break;
        }
    }

    private byte[] Build()
    {
        var file = new MemoryStream();
        WriteHashed(file, _header);
        foreach (var block in _blocks)
        {
            block.Offset = file.Length;
            WriteHashed(file, [.. block.Head, .. Xxh(block.Content), .. Xxh(block.Bytes)]);
            file.Write(block.Bytes);
        }
        var index = _index ?? Index();
        var manifestAt = file.Length;
        WritePart(file, 0xF001, 0, _manifest);
        var indexAt = file.Length;
        WritePart(file, 0xF002, index.Length / 72, index);
        var trailer = new byte[40];
        long[] places = [manifestAt, indexAt - manifestAt, indexAt, file.Length - indexAt, file.Length + 96];
        for (var i = 0; i < places.Length; i++)
            BinaryPrimitives.WriteInt64LittleEndian(trailer.AsSpan(8 * i), places[i]);
        _changeTrailer?.Invoke(trailer);
        WriteHashed(file, trailer);
        file.Write(SHA256.HashData(file.ToArray()));
        file.Write([0x0A, 0x1A, 0x0A, 0x0D, 0x50, 0x52, 0x47, 0xC7]);
        return file.ToArray();
    }

    private byte[] Index()
    {
        var index = new MemoryStream();
        long next = 64;
        Span<byte> offset = stackalloc byte[8];
        foreach (var block in _blocks)
        {
            var head = block.Head;
            BinaryPrimitives.WriteInt64LittleEndian(offset, block.Offset > 0 ? block.Offset : next);
            next += 80 + block.Bytes.Length;
            // Kind, flags, part, first id, offset, count, lengths, nothing, hashes.
            index.Write([.. head[4..8], .. head[16..20], .. head[8..16], .. offset, .. head[20..32], .. new byte[4]]);
            index.Write([.. Xxh(block.Content), .. Xxh(block.Bytes)]);
        }
        return index.ToArray();
    }

    private static void WritePart(MemoryStream file, ushort kind, int count, byte[] content)
    {
        var part = ForgedBlock.Stored(kind, 0, count, content);
        WriteHashed(file, [.. part.Head, .. Xxh(content), .. Xxh(content)]);
        file.Write(content);
    }

    private static void WriteHashed(MemoryStream file, byte[] bytes)
    {
        file.Write(bytes);
        file.Write(Xxh(bytes));
    }

    private static byte[] Xxh(byte[] bytes) => [.. XxHash128.Hash(bytes).Reverse()];

    private static byte[] ManifestOf(byte[] archive)
    {
        var text = Encoding.Latin1.GetString(archive);
        var start = text.IndexOf("{\"manifestVersion\"", StringComparison.Ordinal);
        if (start < 0)
            start = text.IndexOf("{\"", StringComparison.Ordinal);
        var length = BinaryPrimitives.ReadInt32LittleEndian(archive.AsSpan(start - 80 + 24));
        return archive[start..(start + length)];
    }
}

/// <summary>One block of a forged archive: its head as far as the hashes, what is stored, and what that decompresses
/// to.</summary>
internal sealed class ForgedBlock
{
    public required byte[] Head { get; init; }

    public required byte[] Bytes { get; set; }

    /// <summary>What the hash of the content is made of.</summary>
    public byte[] Content => IsCompressed && TryDecompress() is { } unpacked
        ? HasColumns ? PlainColumns.Read(Key, unpacked) ?? unpacked : unpacked
        : Bytes;

    public bool HasColumns => (Head[6] & (int)BlockFlags.Columns) != 0;

    public long Offset { get; set; }

    private BlockKey Key => new(
        (BlockKind)BinaryPrimitives.ReadUInt16LittleEndian(Head.AsSpan(4)), BinaryPrimitives.ReadInt64LittleEndian(Head.AsSpan(8)), 0);

    private bool IsCompressed => (Head[6] & (int)BlockFlags.Compressed) != 0;

    public static ForgedBlock Stored(ushort kind, long firstId, int count, byte[] content) => new()
    {
        Head = HeadOf(kind, BlockFlags.None, firstId, count, content.Length, content.Length),
        Bytes = (byte[])content.Clone(),
    };

    public static ForgedBlock Columns(BlockKey key, int count, byte[] content)
    {
        var bytes = Compress(ForgedColumns.Of(key, count, content));
        return new ForgedBlock
        {
            Head = HeadOf((ushort)key.Kind, BlockFlags.Compressed | BlockFlags.Columns, key.FirstId, count, content.Length, bytes.Length),
            Bytes = bytes,
        };
    }

    public static ForgedBlock Compressed(ushort kind, long firstId, int count, byte[] content)
    {
        var bytes = Compress(content);
        return new ForgedBlock
        {
            Head = HeadOf(kind, BlockFlags.Compressed, firstId, count, content.Length, bytes.Length),
            Bytes = bytes,
        };
    }

    /// <summary>Stores other columns, and claims the lengths of what they yield.</summary>
    public void StoreForm(byte[] form)
    {
        Bytes = Compress(form);
        ClaimLengths();
    }

    /// <summary>Makes the lengths in the head those of what is there.</summary>
    public void ClaimLengths()
    {
        BinaryPrimitives.WriteInt32LittleEndian(Head.AsSpan(28), Bytes.Length);
        BinaryPrimitives.WriteInt32LittleEndian(Head.AsSpan(24), Content.Length);
    }

    private static byte[] Compress(byte[] content)
    {
        using var compressor = new Compressor();
        return compressor.Wrap(content).ToArray();
    }

    private byte[]? TryDecompress()
    {
        try
        {
            using var decompressor = new Decompressor();
            // A changed frame may claim any size: no more than this is made for it.
            var content = new byte[1 << 18];
            return decompressor.TryUnwrap(Bytes, content, out var written) ? content[..written] : null;
        }
        catch (ZstdException)
        {
            return null;
        }
    }

    private static byte[] HeadOf(ushort kind, BlockFlags flags, long firstId, int count, int rawLength,
        int storedLength)
    {
        var head = new byte[32];
        byte[] magic = [0xF7, 0x46, 0x52, 0x4D];
        magic.CopyTo(head, 0);
        BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(4), kind);
        BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(6), (ushort)flags);
        BinaryPrimitives.WriteInt64LittleEndian(head.AsSpan(8), firstId);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(20), count);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(24), rawLength);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(28), storedLength);
        return head;
    }
}
