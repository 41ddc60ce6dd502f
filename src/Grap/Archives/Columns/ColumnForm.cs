using Grap.Backups;

namespace Grap.Archives.Columns;

/// <summary>The numbers of the columns' format, as docs/archive.md states them.</summary>
internal static class ColumnForm
{
    /// <summary>Most bytes of a content that is stored as columns: those of a part.</summary>
    public const int MostContent = BlockCutter.PartBytes;

    /// <summary>Most steps, and most steps in all shapes together.</summary>
    public const int MostSteps = 32_768;

    /// <summary>Most columns.</summary>
    public const int MostColumns = 1024;

    /// <summary>How many columns stand before those of the properties: a relationship's start and end.</summary>
    public static int EndpointColumns(BlockKind kind) => kind == BlockKind.Relationships ? 2 : 0;

    /// <summary>The head of the list that an element is.</summary>
    public static byte ElementHead(BlockKind kind) => kind == BlockKind.Relationships ? (byte)0x95 : (byte)0x93;
}
